import { performance } from 'node:perf_hooks';
import { describe, expect, test } from 'vitest';
import { deferred, type Deferred } from '../../../src/lifecycle/deferred.js';
import { QueuedDriver, refused, type QueuedDriverOptions } from './queued-driver.js';

const LINE = 'x'.repeat(99);
/** Room for the batch in flight and for one more. */
const BYTES = 2_000;

/** A driver whose first write lasts until it is let go; that batch is on its way already. */
async function busyDriver(options: QueuedDriverOptions): Promise<{ queued: QueuedDriver; go: Deferred<void> }> {
  const queued = new QueuedDriver(options);
  const go = deferred<void>();
  queued.driver.onWrite = () => go.promise;
  await queued.print(['first']);
  await queued.got(1);
  queued.driver.onWrite = () => undefined;
  return { queued, go };
}

describe('block', () => {
  const settings = { mode: 'block', bytes: BYTES } as const;

  test('makes the container wait for room, and loses nothing', async () => {
    const { queued, go } = await busyDriver({ settings });
    await queued.print([LINE]);
    let settled = false;
    const third = queued.print([`${LINE}3`]).then(() => (settled = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(settled).toBe(false);
    go.resolve();
    await third;
    await queued.outlet.flush();
    expect(queued.lines).toEqual(['first', LINE, `${LINE}3`]);
    expect(queued.lost).toEqual({});
  });

  test('waits for both streams, the first come first', async () => {
    const { queued, go } = await busyDriver({ settings });
    await queued.print([LINE]);
    const waiting = [queued.print([LINE], 'stderr'), queued.print(['small'])];
    go.resolve();
    await Promise.all(waiting);
    await queued.outlet.flush();
    expect(queued.driver.lines).toEqual(['stdout:first|', `stdout:${LINE}|`, `stderr:${LINE}|`, 'stdout:small|']);
  });

  test('waits no longer than it may, then drops at once until half of it is free, and says so in its place', async () => {
    const { queued, go } = await busyDriver({ settings: { ...settings, blockTimeoutMs: 50 } });
    await queued.print([LINE]);
    const begun = performance.now();
    for (let i = 0; i < 100; i++) await queued.print([`lost ${i}`.padEnd(400)]);
    expect(performance.now() - begun).toBeLessThan(100 * 50);
    expect(queued.lost).toEqual({ 'stdout queue full': 100 });
    go.resolve();
    await queued.outlet.flush();
    await queued.print(['next']);
    await queued.outlet.flush();
    expect(queued.lines).toEqual(['first', LINE, 'holdfast: 100 records (40100 bytes) lost: queue full', 'next']);
  });

  test('waits at the end of the container for no more than a call of the driver may take', async () => {
    const queued = new QueuedDriver({ settings: { ...settings, blockTimeoutMs: 3_600_000 }, timeoutMs: 50 });
    queued.driver.onWrite = () => {
      throw refused('ECONNREFUSED', { retry: true });
    };
    await queued.print([LINE]);
    await queued.print([LINE]);
    const waiting = queued.print([LINE]);
    queued.outlet.ending();
    await waiting;
    expect(queued.lost).toEqual({ 'stdout queue full': 1 });
    await queued.outlet.close('drained');
    expect(queued.lost).toEqual({ 'stdout queue full': 1, 'stdout not delivered at the end': 2 });
  });
});

describe('drop-newest', () => {
  test('drops what comes while it is full, and never waits', async () => {
    const { queued, go } = await busyDriver({ settings: { mode: 'drop-newest', bytes: BYTES } });
    await queued.print([LINE]);
    for (let i = 0; i < 5; i++) await queued.print([LINE, LINE]);
    expect(queued.lost).toEqual({ 'stdout queue full': 10 });
    go.resolve();
    await queued.outlet.flush();
    expect(queued.lines).toEqual(['first', LINE, 'holdfast: 10 records (1000 bytes) lost: queue full']);
  });
});

describe('drop-oldest', () => {
  test('drops what has waited longest, but not what the driver is at', async () => {
    const { queued, go } = await busyDriver({ settings: { mode: 'drop-oldest', bytes: BYTES } });
    for (let i = 0; i < 5; i++) await queued.print([`${LINE}${i}`], i % 2 === 0 ? 'stdout' : 'stderr');
    expect(queued.lost).toEqual({ 'stdout queue full': 2, 'stderr queue full': 2 });
    go.resolve();
    await queued.outlet.flush();
    expect(queued.driver.lines).toEqual([
      'stdout:first|',
      'stdout:holdfast: 2 records (202 bytes) lost: queue full|',
      'stderr:holdfast: 2 records (202 bytes) lost: queue full|',
      `stdout:${LINE}4|`,
    ]);
  });
});

test.each(['block', 'drop-oldest', 'drop-newest'] as const)(
  'a batch larger than the whole queue is given in pieces or dropped by %s, and nothing hangs',
  async (mode) => {
    const queued = new QueuedDriver({ settings: { mode, bytes: 4_000, blockTimeoutMs: 60_000 } });
    const lines = Array.from({ length: 1_000 }, (_, i) => `line ${i}`);
    await queued.print(lines);
    await queued.outlet.flush();
    const got = queued.lines.filter((line) => line.startsWith('line'));
    expect(got.length + (queued.lost['stdout queue full'] ?? 0)).toBe(1_000);
    expect(got).toEqual(lines.filter((line) => got.includes(line)));
    if (mode === 'block') expect(got).toEqual(lines);
    if (mode === 'drop-newest') expect(got[0]).toBe('line 0');
    if (mode === 'drop-oldest') expect(got.at(-1)).toBe('line 999');
  },
);

test('a queue of no size passes one piece at a time', async () => {
  const queued = new QueuedDriver({ settings: { bytes: 0 } });
  for (let i = 0; i < 10; i++) await queued.print([`${i}`]);
  await queued.outlet.flush();
  expect(queued.lines).toEqual(Array.from({ length: 10 }, (_, i) => `${i}`));
});
