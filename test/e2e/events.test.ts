import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { EventDocument } from '@holdfast/core/client';
import { NumberedContainer } from '../support/numbered-container.js';
import { WAIT_FOR_GO } from '../support/numbered-lines.js';
import { keeperOf, killShimd, shimdOf, stateOf, withoutShimd } from '../support/shim-processes.js';
import { until } from '../support/until.js';
import { Workbench } from '../support/workbench.js';

/** `shimctl --json events` with what it has printed so far; it has begun to look when this resolves. */
async function follow(bench: Workbench, ...args: string[]) {
  const running = bench.shimctl(['--json', 'events', ...args], { buffer: false });
  const events: EventDocument[] = [];
  let rest = '';
  running.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    events.push(...lines.map((line) => JSON.parse(line) as EventDocument));
  });
  onTestFinished(() => void running.kill('SIGKILL'));
  await until('it watches', () => watches(running.pid as number));
  const end = async (): Promise<number | undefined> => {
    running.kill('SIGINT');
    return (await running).exitCode;
  };
  return { events, end, pid: running.pid as number };
}

/** True if the process has an inotify descriptor. */
function watches(pid: number): boolean {
  const links = readdirSync(`/proc/${pid}/fd`).map((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`);
    } catch {
      return '';
    }
  });
  return links.some((link) => link.includes('inotify'));
}

const typesOf = (events: readonly EventDocument[], id: string): string[] =>
  events.filter((event) => event.id === id).map(({ type }) => type);

async function past(bench: Workbench, ...args: string[]): Promise<EventDocument[]> {
  const text = await bench.ok('--json', 'events', '--no-follow', ...args);
  return text === '' ? [] : text.split('\n').map((line) => JSON.parse(line) as EventDocument);
}

const LIFE = ['create', 'start', 'exit', 'drained', 'delete'];

describe('shimctl events', () => {
  it('follows a root that is not there yet, every group that comes, and ends with 130 when it is interrupted', async () => {
    const bench = new Workbench();
    const bundle = bench.script('b', 'exit 3');
    const { events, end } = await follow(bench);
    for (const group of ['g1', 'g2'])
      await bench.shimctl(['run', '--rm', '-b', bundle, '--group', group, `c-${group}`]);
    await until('all is told', () => events.filter(({ type }) => type === 'delete').length === 2);
    expect(await end()).toBe(130);
    for (const group of ['g1', 'g2']) {
      expect(typesOf(events, `c-${group}`)).toEqual(LIFE);
      expect(events.filter(({ type }) => type === 'exit').map(({ attributes }) => attributes['exitCode'])).toEqual([
        3, 3,
      ]);
      expect(events.find((event) => event.group === group)?.type).toBe('shim-start');
    }
    // No shim runs any more.
    expect(typesOf(await past(bench, '--filter', 'group=g2', '--filter', 'id=c-g2'), 'c-g2')).toEqual(LIFE);
    expect(await bench.ok('events', '--since', '1h', '--until', '0s', '--filter', 'type=exit')).toMatch(
      /^\S+Z exit default\/c-g1 \(exitCode=3, pid=\d+\)\n\S+Z exit default\/c-g2 \(exitCode=3, pid=\d+\)$/,
    );
  });

  it('loses and repeats nothing when shimd is killed again and again', async () => {
    const bench = new Workbench();
    const container = new NumberedContainer(bench, 'c1', `${WAIT_FOR_GO}; exit 4`);
    const { events, end } = await follow(bench);
    await bench.ok('run', '-d', '-b', container.bundle, 'c1');
    const keeper = await keeperOf(bench, 'c1');
    for (let kill = 1; kill <= 3; kill += 1) {
      await killShimd(keeper);
      await until(
        'the next one has taken it up',
        () => typesOf(events, 'c1').filter((type) => type === 'recovered').length === kill,
      );
    }
    expect(await bench.inspect('c1')).toMatchObject({ status: 'running', exitCode: null });
    await bench.ok('exec', 'c1', '--', 'true');
    container.go();
    expect(await bench.ok('wait', 'c1')).toBe('4');
    await bench.ok('delete', 'c1');
    await until('the end is told', () => typesOf(events, 'c1').includes('delete'));
    expect(await end()).toBe(130);
    expect(typesOf(events, 'c1')).toEqual([
      ...['create', 'start', 'recovered', 'recovered', 'recovered'],
      ...['exec-create', 'exec-start', 'exec-exit', 'exit', 'drained', 'delete'],
    ]);
    expect(events.filter(({ type }) => type === 'shim-start').map(({ attributes }) => attributes['restarts'])).toEqual([
      0, 1, 2, 3,
    ]);
    const cursors = events.map(({ cursor }) => cursor);
    expect(cursors).toEqual([...new Set(cursors)].sort((a, b) => a - b));
  });

  it('tells of an exit while no shimd was alive, with the time of the exit', async () => {
    const bench = new Workbench();
    const container = new NumberedContainer(bench, 'c1', `${WAIT_FOR_GO}; exit 42`);
    await bench.ok('run', '-d', '-b', container.bundle, 'c1');
    const { pid, shim } = await bench.inspect('c1');
    const { events } = await follow(bench);
    await withoutShimd(shim.keeperPid, async () => {
      container.go();
      await until('the container is a zombie', () => stateOf(pid) === 'Z');
    });
    await until('its end is told', () => typesOf(events, 'c1').includes('drained'));
    expect(typesOf(events, 'c1')).toEqual(['recovered', 'exit', 'drained']);
    const exit = events.find(({ type }) => type === 'exit');
    const { exitedAt } = await bench.inspect('c1');
    expect(exit).toMatchObject({ attributes: { exitCode: 42, signal: null, occurredAt: exitedAt } });
  });

  it('costs an idle shim and an idle follower no wake-up', async () => {
    const bench = new Workbench();
    await bench.ok('run', '-d', '-b', bench.script('b', 'sleep 1000'), 'c1');
    const keeper = await keeperOf(bench, 'c1');
    const shimd = shimdOf(keeper) as number;
    const { end, pid } = await follow(bench);
    // Node itself has things to do for a while after it has started; no event tells when it is done.
    await until('a second goes by without a wake-up', async () => {
      const before = [switches(shimd), switches(pid)];
      await delay(1_000);
      return before.join() === [switches(shimd), switches(pid)].join();
    });
    expect(await end()).toBe(130);
  });

  it('refuses nonsense as a mistake in the command line, and tells what was meant', async () => {
    const bench = new Workbench();
    for (const [args, words] of [
      [['--since', 'yesterday'], 'is not a time'],
      [['--filter', 'typ=exit'], 'did you mean "type"?'],
      [['--filter', 'type=exti'], 'did you mean "exit"?'],
      [['--filter', 'type'], 'has no value'],
    ] as const) {
      const { exitCode, stderr } = await bench.shimctl(['events', ...args]);
      expect({ exitCode, stderr: String(stderr) }).toEqual({
        exitCode: 2,
        stderr: expect.stringContaining(words) as string,
      });
    }
  });
});

/** Voluntary context switches of the main thread: how often it slept. */
function switches(pid: number): string | undefined {
  return /^voluntary_ctxt_switches:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
}
