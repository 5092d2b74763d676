import { appendFileSync, existsSync, readdirSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { deferred } from '../../../src/lifecycle/deferred.js';
import { until } from '../../support/until.js';
import { refused, type QueuedDriver } from '../queue/queued-driver.js';
import { numbered, SpillingContainer } from './spilling-driver.js';

const numbers = (queued: QueuedDriver): number[] =>
  queued.lines.filter((line) => !line.startsWith('holdfast')).map((line) => parseInt(line, 10));
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** Prints one line after the other, each a batch of its own. */
async function print(queued: QueuedDriver, lines: readonly string[]): Promise<void> {
  for (const [i, line] of lines.entries()) await queued.print([line], 'stdout', BigInt(i) * 2_000_000_000n);
}

async function deliver(queued: QueuedDriver): Promise<void> {
  queued.driver.onWrite = () => undefined;
  await queued.outlet.flush();
}

describe('what has no room in memory', () => {
  test('waits on disk, privately, is delivered in order and gone from there then', async () => {
    const container = new SpillingContainer();
    const queued = await container.start();
    await print(queued, numbered(200));
    expect(queued.lost).toEqual({});
    await until(() => queued.counters.spilledBytes > 15_000);
    expect(statSync(container.spilled).mode & 0o777).toBe(0o700);
    const files = readdirSync(container.spilled).map((name) => statSync(join(container.spilled, name)));
    expect(files.map(({ mode }) => mode & 0o777)).toEqual([0o600]);
    await deliver(queued);
    await print(queued, numbered(10, 200));
    await queued.outlet.flush();
    expect(numbers(queued)).toEqual(upTo(210));
    await until(() => readdirSync(container.spilled).length === 0);
    expect(queued.counters).toMatchObject({ spilledBytes: 0, queuedRecords: 0, queuedBytes: 0 });
    await queued.outlet.close('drained');
    expect(existsSync(container.spilled)).toBe(false);
  });

  test('outlives shimd: the next one delivers it first; only what was in memory is lost, and counted', async () => {
    const container = new SpillingContainer();
    const first = await container.start();
    await print(first, numbered(200));
    await until(() => first.counters.queuedRecords <= 5);
    const second = await container.start();
    await print(second, numbered(10, 200));
    await deliver(second);
    const lost = second.lost['stdout shimd was killed'] ?? 0;
    expect(lost).toBe(first.counters.queuedRecords);
    expect(numbers(second)).toEqual(upTo(210).slice(lost));
    expect(second.lines[0]).toMatch(/^holdfast: .* lost: shimd was killed$/);
  });

  test('is not delivered twice when shimd is killed in the middle of it', async () => {
    const container = new SpillingContainer();
    container.memoryBytes = 1_000;
    const first = await container.start();
    await print(first, numbered(200));
    await until(() => first.counters.queuedRecords <= 1);
    let writes = 0;
    first.driver.onWrite = () => (++writes > 50 ? new Promise(() => undefined) : undefined);
    void first.outlet.flush();
    await until(() => writes === 51);
    const got = first.counters.records;
    const second = await container.start();
    await deliver(second);
    // The one in flight was on disk: it comes again.
    expect(numbers(second)).toEqual(upTo(200).slice(got));
    expect(second.lost).toEqual({});
  });

  test('is cut off where a killed shimd had written half of it', async () => {
    const container = new SpillingContainer();
    const first = await container.start();
    await print(first, numbered(100));
    await until(() => first.counters.queuedRecords <= 5);
    const [name] = readdirSync(container.spilled);
    appendFileSync(join(container.spilled, name!), Buffer.from([0x01, 0x48, 0x46, 0x51, 200, 0, 0, 0]));
    const second = await container.start();
    await print(second, numbered(100, 100));
    await deliver(second);
    const lost = second.lost['stdout shimd was killed'] ?? 0;
    expect(numbers(second)).toEqual(upTo(200).slice(lost));
  });

  test('and cannot be read back is counted, and told though nothing comes behind it', async () => {
    const container = new SpillingContainer();
    const queued = await container.start();
    await print(queued, numbered(50));
    await until(() => queued.counters.spilledBytes > 5_000 && queued.counters.queuedRecords <= 5);
    const inMemory = queued.counters.queuedRecords;
    const [name] = readdirSync(container.spilled);
    truncateSync(join(container.spilled, name!), 0);
    await deliver(queued);
    expect(queued.lost).toEqual({ 'stdout spill broken': 50 - inMemory });
    await queued.outlet.close('drained');
    expect(queued.lines.at(-1)).toMatch(/^holdfast: .* lost: spill broken$/);
  });

  test('of another container of that name is not touched', async () => {
    const container = new SpillingContainer();
    const first = await container.start();
    await print(first, numbered(100));
    await until(() => first.counters.spilledBytes > 0);
    container.instance = 'two';
    const second = await container.start();
    await deliver(second);
    expect(numbers(second)).toEqual([]);
    expect(readdirSync(container.spilled)).not.toEqual([]);
  });

  test.each(['block', 'drop-oldest', 'drop-newest'] as const)(
    'and comes faster than the disk takes it is not dropped by %s: it waits for the disk',
    async (mode) => {
      const container = new SpillingContainer();
      const queued = await container.start({ mode, blockTimeoutMs: 0 });
      for (let i = 0; i < 2_000; i += 20) await queued.print(numbered(20, i), 'stdout', BigInt(i) * 2_000_000_000n);
      expect(queued.lost).toEqual({});
      await deliver(queued);
      expect(numbers(queued)).toEqual(upTo(2_000));
    },
  );

  test.each(['block', 'drop-oldest', 'drop-newest'] as const)(
    'waits for a disk that does not answer no longer than its deadline: then %s decides, until it answers',
    async (mode) => {
      const container = new SpillingContainer();
      container.timeoutMs = 40;
      const { write } = container.lane;
      const answer = deferred<void>();
      container.lane.write = (fd, bytes) => answer.promise.then(() => write(fd, bytes));
      const queued = await container.start({ mode, blockTimeoutMs: 0 });
      await print(queued, numbered(200));
      const lost = queued.lost['stdout queue full, timeout'] ?? 0;
      expect(lost).toBeGreaterThan(150);
      answer.resolve();
      await until(() => queued.counters.spilledBytes > 0);
      await print(queued, numbered(200, 200));
      expect(queued.ledger.document().records).toBe(lost);
      await deliver(queued);
      const got = numbers(queued);
      expect(got).toHaveLength(400 - lost);
      expect(got).toEqual([...got].sort((a, b) => a - b));
      if (mode === 'drop-oldest') expect(got).toContain(199);
      else expect(got).not.toContain(199);
    },
  );

  test('and waits for the disk when the container has ended does so no longer than a call of the driver may take', async () => {
    const container = new SpillingContainer();
    container.timeoutMs = 3_600_000;
    container.lane.write = () => new Promise(() => undefined);
    const queued = await container.start({ mode: 'drop-newest' });
    Object.assign(queued.port.options, { timeoutMs: 40 });
    const printing = print(queued, numbered(20));
    queued.outlet.ending();
    await printing;
    expect(queued.ledger.document().records).toBeGreaterThan(0);
  });

  test.each(['drop-oldest', 'drop-newest'] as const)('nor on disk is dropped by %s, counted and told', async (mode) => {
    const container = new SpillingContainer();
    container.diskBytes = 300_000;
    container.memoryBytes = 40_000;
    const queued = await container.start({ mode });
    for (let i = 0; i < 10_000; i += 50) await queued.print(numbered(50, i), 'stdout', BigInt(i) * 2_000_000_000n);
    expect(queued.counters.spilledBytes).toBeLessThanOrEqual(300_000);
    expect(queued.counters.spilledBytes).toBeGreaterThan(100_000);
    await deliver(queued);
    const got = numbers(queued);
    const lost = queued.ledger.document().records;
    expect(lost).toBeGreaterThan(0);
    expect(got.length + lost).toBe(10_000);
    expect(got).toEqual([...got].sort((a, b) => a - b));
    expect(got[0]).toBe(0);
    if (mode === 'drop-oldest') expect(got.at(-1)).toBe(9_999);
  });

  test('waits for a disk that is full, and the mode decides', async () => {
    const container = new SpillingContainer();
    const write = container.lane.write;
    container.lane.write = (fd, bytes) =>
      write(fd, bytes.subarray(0, 10)).then(() => {
        throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', written: 10 });
      });
    const queued = await container.start({ mode: 'drop-newest' });
    let printed = 0;
    while (printed < 2_000 && queued.ledger.document().records === 0) {
      await queued.print(numbered(1, printed), 'stdout', BigInt(printed) * 2_000_000_000n);
      printed += 1;
    }
    expect(queued.lost).toEqual({ 'stdout queue full, ENOSPC': 1 });
    container.lane.write = write;
    await deliver(queued);
    const lost = queued.ledger.document().records;
    expect(numbers(queued)).toEqual(upTo(printed - lost));
  });

  test('stays there when another shimd takes over, with what was on its way', async () => {
    const container = new SpillingContainer();
    const first = await container.start();
    await print(first, numbered(100));
    await first.outlet.close('restart');
    container.saved = first.ledger.document();
    const lost = first.lost['stdout shimd was replaced'] ?? 0;
    const second = await container.start();
    await deliver(second);
    expect(second.lost).toEqual({ 'stdout shimd was replaced': lost });
    expect(numbers(second)).toEqual(upTo(100).slice(lost));
  });

  test.each([
    ['has not answered for comes again', undefined, 0],
    ['has taken does not come again', { lost: 0, retry: false }, 1],
    ['refuses for now comes again', { lost: 1, retry: true }, 0],
  ])('is known by the next shimd: what the driver %s', async (_how, outcome, taken) => {
    const container = new SpillingContainer();
    // Nothing is left in memory alone.
    container.memoryBytes = 1_000;
    const first = await container.start();
    await print(first, numbered(20));
    await until(() => first.counters.queuedRecords <= 1);
    const answer = deferred<void>();
    let writes = 0;
    first.driver.onWrite = () => (++writes > 5 ? answer.promise : undefined);
    void first.outlet.flush();
    await until(() => writes === 6);
    Object.assign(first.port.options, { timeoutMs: 50 });
    // The account stays open until the files are closed.
    const { close } = container.lane;
    const files = deferred<void>();
    container.lane.close = (fd) => files.promise.then(() => close(fd));
    const closed = first.outlet.close('restart');
    await until(() => first.logger.lines.includes('error: log driver does not answer: it gets nothing until it does'));
    if (outcome !== undefined) {
      answer.resolve(outcome.retry ? (Promise.reject(refused('EAGAIN', outcome)) as never) : undefined);
      await until(() => first.driver.calls.includes('close restart'));
    }
    files.resolve();
    await closed;
    container.saved = first.ledger.document();
    const second = await container.start();
    await deliver(second);
    expect(second.lost).toEqual({});
    expect(numbers(second)).toEqual(upTo(20).slice(numbers(first).length - 1 + taken));
  });

  test('is counted when the container has ended and it cannot be delivered', async () => {
    const container = new SpillingContainer();
    const queued = await container.start();
    await print(queued, numbered(100));
    await queued.outlet.close('drained');
    expect(queued.lost).toEqual({ 'stdout not delivered at the end': 100 });
    expect(existsSync(container.spilled)).toBe(false);
  });
});
