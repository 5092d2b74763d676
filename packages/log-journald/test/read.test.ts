import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { until } from '../../../test/support/until.js';
import { lines, TIME } from './support/batch.js';
import { useJournald } from './support/use-journald.js';
import { NEVER, textOf, type TestLog } from './support/test-log.js';

const own = useJournald();
const SECOND = 1_000_000_000n;

/** Processes that read this container's journal. */
function readersOf(log: TestLog, option = ''): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const args = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        return args.includes(`CONTAINER_ID_FULL=${log.container.id}\0`) && args.includes(option);
      } catch {
        return false;
      }
    })
    .map(Number);
}

async function written(
  ...records: readonly (readonly [stream: 'stdout' | 'stderr', text: string])[]
): Promise<TestLog> {
  const log = own.log();
  for (const [stream, text] of records) await log.write([text], { stream });
  await log.flush();
  return log;
}

describe('reading', () => {
  it('gives both streams in the order in which they came, or one', async () => {
    const log = await written(['stdout', 'a\n'], ['stderr', 'b\n'], ['stdout', 'c\n']);
    expect(await log.readTexts()).toEqual(['a', '!b', 'c']);
    expect(await log.readTexts({ streams: ['stderr'] })).toEqual(['!b']);
    expect(await log.readTexts({ streams: ['stdout'] })).toEqual(['a', 'c']);
  });

  it('gives what was sent before, flushed or not', async () => {
    const log = own.log();
    await log.write(lines(200));
    expect(await log.readTexts()).toHaveLength(200);
  });

  it('knows equal ids in two namespaces apart, and a container from an earlier one of its id', async () => {
    const first = own.log({ container: { id: 'same' } });
    const other = own.log({ container: { id: 'same', namespace: 'other' } });
    const later = own.log({ container: { id: 'same', createdAt: '2025-02-02T00:00:00.000Z' } });
    await first.write(['first\n']);
    await other.write(['other\n']);
    await later.write(['later\n']);
    await later.flush();
    expect(await first.readTexts()).toEqual(['first']);
    expect(await other.readTexts()).toEqual(['other']);
    expect(await later.readTexts()).toEqual(['later']);
  });

  it('takes no entry that another user sent in the name of the container', async () => {
    const log = await written(['stdout', 'mine\n']);
    const { id, namespace, createdAt } = log.container;
    const fields = [`CONTAINER_ID_FULL=${id}`, `HOLDFAST_NAMESPACE=${namespace}`, `HOLDFAST_CREATED=${createdAt}`];
    const script = `
      const { DatagramSenders } = await import('@holdfast/core');
      process.setuid(65534);
      const none = new Uint8Array(0);
      const head = Buffer.from(process.argv[2]);
      const one = { fields: none, fieldEnds: Uint32Array.of(0), bytes: none, spans: Uint32Array.of(0, 0) };
      new DatagramSenders().forPath(process.argv[1]).send({ head, ...one, tail: none, from: 0, to: 1 }, 0);`;
    const head = [...fields, 'MESSAGE=forged', ''].join('\n');
    const args = ['--import', 'reflect-metadata', '--input-type=module', '-e', script, own.journald.socket, head];
    execFileSync(process.execPath, args);
    expect(await own.journald.entries(`CONTAINER_ID_FULL=${id}`)).toHaveLength(2);
    expect(await log.readTexts()).toEqual(['mine']);
  });

  it('since and until are about the times of records', async () => {
    const log = own.log();
    for (let i = 0; i < 6; i++) await log.write([`${i}\n`], { time: TIME + BigInt(i) * SECOND });
    await log.flush();
    expect(await log.readTexts({ since: TIME + 2n * SECOND })).toEqual(['2', '3', '4', '5']);
    expect(await log.readTexts({ until: TIME + 2n * SECOND })).toEqual(['0', '1']);
    expect(await log.readTexts({ since: TIME + 1n, until: TIME + 4n * SECOND })).toEqual(['1', '2', '3']);
    expect(await log.readTexts({ since: TIME + 1n, until: TIME + 4n * SECOND, tail: 2 })).toEqual(['2', '3']);
    expect(await log.readTexts({ since: TIME + 9n * SECOND, tail: 2 })).toEqual([]);
    const now = BigInt(Date.now()) * 1_000_000n;
    await log.write(['now\n'], { time: now });
    expect(await log.readTexts({ since: now })).toEqual(['now']);
  });

  it('shows where records are missing, also those that the driver never got', async () => {
    const log = own.log();
    await log.write(['a\n'], { sequence: 2 });
    await log.write(['b\n', 'c\n'], { sequence: 3 });
    await log.write(['x\n'], { stream: 'stderr', sequence: 0 });
    await log.write(['d\n'], { sequence: 6 });
    await log.flush();
    expect(await log.readTexts()).toEqual(['gap: 2', 'a', 'b', 'c', '!x', 'gap: 1', 'd']);
    expect(await log.readTexts({ tail: 3 })).toEqual(['c', '!x', 'gap: 1', 'd']);
    expect(await log.readTexts({ streams: ['stderr'] })).toEqual(['gap: 2', '!x', 'gap: 1']);
  });

  it('goes on over a restart of shimd without a gap', async () => {
    const log = own.log();
    await log.write(['a\n', 'b\n']);
    await log.driver.close('restart', NEVER);
    log.make();
    await log.write(['c\n']);
    await log.flush();
    expect(await log.readTexts()).toEqual(['a', 'b', 'c']);
  });

  it('leaves no journalctl behind when it is given up', async () => {
    const log = await written(['stdout', 'a\n'], ['stdout', 'b\n']);
    for await (const item of log.read()) {
      expect(textOf(item)).toBe('a');
      break;
    }
    expect(readersOf(log)).toEqual([]);
  });

  it('of a cancelled query gives nothing', async () => {
    const log = await written(['stdout', 'a\n']);
    const items: unknown[] = [];
    for await (const item of log.read({}, AbortSignal.abort())) items.push(item);
    expect(items).toEqual([]);
  });
});

describe('the last lines', () => {
  it.each([
    [0, []],
    [1, ['!e1 …', '!e2']],
    [2, ['c1 …', '!e1 …', 'c2', '!e2']],
    [3, ['b', 'c1 …', '!e1 …', 'c2', '!e2']],
    [9, ['a', 'b', 'c1 …', '!e1 …', 'c2', '!e2']],
  ])('of %i are whole lines, whatever pieces they came in', async (tail, expected) => {
    const log = await written(
      ['stdout', 'a\n'],
      ['stdout', 'b\n'],
      ['stdout', 'c1 '],
      ['stderr', 'e1 '],
      ['stdout', 'c2\n'],
      ['stderr', 'e2\n'],
    );
    expect(await log.readTexts({ tail })).toEqual(expected);
  });

  it('are counted in the streams that are asked for', async () => {
    const log = await written(['stderr', 'a\n'], ['stderr', 'b\n'], ['stdout', 'c\n'], ['stdout', 'd\n']);
    expect(await log.readTexts({ tail: 1, streams: ['stderr'] })).toEqual(['!b']);
  });

  it('of many are found without reading all', async () => {
    const log = own.log();
    await log.write(lines(1000));
    await log.write(lines(1000, 1000));
    expect(await log.readTexts({ tail: 3 })).toEqual(['line 1997', 'line 1998', 'line 1999']);
  });
});

describe('following', () => {
  it('gives what is there, what is written later, and all of it when the end is announced', async () => {
    const log = await written(['stdout', 'first\n']);
    const stop = new AbortController();
    const items = log.read({ follow: stop.signal });
    expect(textOf((await items.next()).value as never)).toBe('first');
    await log.write(['second\n']);
    expect(textOf((await items.next()).value as never)).toBe('second');
    await log.write(lines(300));
    stop.abort();
    const rest: string[] = [];
    for await (const item of items) rest.push(textOf(item));
    expect(rest).toEqual(lines(300).map((line) => line.trimEnd()));
    expect(readersOf(log)).toEqual([]);
  });

  it.each([
    ['a tail', { tail: 1 }, ['b', 'c']],
    ['no tail at all', { tail: 0 }, ['c']],
    ['a time', { since: TIME + SECOND }, ['c']],
    ['a stream', { streams: ['stdout' as const] }, ['a', 'b', 'c']],
  ])('begins where %s says', async (_what, query, expected) => {
    const log = await written(['stdout', 'a\n'], ['stdout', 'b\n']);
    const stop = new AbortController();
    const items = log.read({ ...query, follow: stop.signal });
    const read: string[] = [];
    const reading = (async () => {
      for await (const item of items) read.push(textOf(item));
    })();
    await until('it follows', () => readersOf(log, '--follow').length === 1);
    await log.write(['c\n'], { time: TIME + 2n * SECOND });
    await log.flush();
    stop.abort();
    await reading;
    expect(read).toEqual(expected);
  });

  it('ends at `until`', async () => {
    const log = await written(['stdout', 'a\n']);
    const items = log.read({ follow: NEVER, until: TIME + SECOND });
    expect(textOf((await items.next()).value as never)).toBe('a');
    await log.write(['late\n'], { time: TIME + SECOND });
    expect(await items.next()).toMatchObject({ done: true });
    expect(readersOf(log)).toEqual([]);
  });

  it('survives the death of journalctl, and loses and doubles nothing', async () => {
    const log = await written(['stdout', 'first\n']);
    const stop = new AbortController();
    const items = log.read({ follow: stop.signal });
    const read = [textOf((await items.next()).value as never)];
    for (let round = 0; round < 3; round++) {
      const [pid] = await until('it follows', () => (readersOf(log).length === 1 ? readersOf(log) : undefined));
      process.kill(pid!, 'SIGKILL');
      await log.write([`round ${round}\n`]);
      read.push(textOf((await items.next()).value as never));
    }
    stop.abort();
    for await (const item of items) read.push(textOf(item));
    expect(read).toEqual(['first', 'round 0', 'round 1', 'round 2']);
  });

  it('goes on over a restart of journald', async () => {
    const log = await written(['stdout', 'before\n']);
    const stop = new AbortController();
    const items = log.read({ follow: stop.signal });
    expect(textOf((await items.next()).value as never)).toBe('before');
    await own.journald.kill();
    await own.journald.start();
    await log.write(['after\n']);
    expect(textOf((await items.next()).value as never)).toBe('after');
    stop.abort();
    expect(await items.next()).toMatchObject({ done: true });
  });

  it('is over at once when it is cancelled', async () => {
    const log = await written(['stdout', 'a\n']);
    const cancel = new AbortController();
    const items = log.read({ follow: NEVER }, cancel.signal);
    await items.next();
    const next = items.next();
    cancel.abort();
    expect(await next).toMatchObject({ done: true });
    expect(readersOf(log)).toEqual([]);
  });
});
