import { describe, expect, test } from 'vitest';
import { deferred } from '../../src/lifecycle/deferred.js';
import { DirectOutlet } from '../../src/logging/direct-outlet.js';
import { DriverPort } from '../../src/logging/driver-port.js';
import { GapSet } from '../../src/logging/gaps/gap-set.js';
import { LogFanout } from '../../src/logging/log-fanout.js';
import { LossLedger } from '../../src/logging/loss-ledger.js';
import type { SpillStore } from '../../src/logging/queue/spill-store.js';
import { newContainerCounters, newDriverCounters } from '../../src/metrics/counters.js';
import type { LogLoss } from '../../src/plugin/log-driver.js';
import { NOTHING_LOST } from '../../src/state/container-record.js';
import { FakeLogDriver } from '../support/fake-log-driver.js';
import { QuietLogger } from '../support/quiet-logger.js';
import { until } from '../support/until.js';
import { batchOf } from './batch.js';
import { QueuedDriver, refused } from './queue/queued-driver.js';

const NEVER = new Promise<void>(() => undefined);
const NONE = { records: 0, bytes: 0 };
/** Never takes anything. */
const NO_SPILL: SpillStore = {
  ...{ holds: false, behind: false, trouble: undefined, onLoss: () => undefined, onRoom: () => undefined },
  ...{ offer: () => false, addGap: () => undefined, lastGaps: () => new GapSet(), dropOldest: () => [] },
  ...{ refill: () => Promise.resolve(), done: () => undefined, remains: () => [], written: () => Promise.resolve() },
  recovered: Promise.resolve({ stdout: NONE, stderr: NONE }),
  close: () => Promise.resolve(),
};

describe('a refusal', () => {
  test('that may pass has just what was not taken given again, in order', async () => {
    const queued = new QueuedDriver();
    const outcomes = [refused('ECONNRESET', { retry: true, lost: 2 }), refused('ECONNREFUSED', { retry: true })];
    const given: string[][] = [];
    queued.driver.write = (batch) => {
      given.push(
        Array.from({ length: batch.count }, (_, i) => `${batch.sequence + i}:${batch.record(i).bytes.toString()}`),
      );
      const outcome = outcomes.shift();
      return outcome === undefined ? undefined : Promise.reject(outcome);
    };
    await queued.print(['a', 'b', 'c']);
    await queued.print(['d']);
    queued.outlet.ending();
    await until(() => given.length === 2);
    await queued.outlet.flush();
    expect(given).toEqual([['0:a', '1:b', '2:c'], ['1:b', '2:c'], ['1:b', '2:c'], ['3:d']]);
    expect(queued.lost).toEqual({});
    expect(queued.counters).toMatchObject({ records: 4, bytes: 8, failures: 2, queuedRecords: 0, queuedBytes: 0 });
  });

  test('that will not pass costs the records, and is told right behind what was taken, by stream', async () => {
    const queued = new QueuedDriver();
    const told: LogLoss[] = [];
    Object.assign(queued.driver, { gap: (loss: LogLoss) => void told.push(loss) });
    const first = deferred<void>();
    queued.driver.onWrite = () => first.promise;
    await queued.print(['a', 'b']);
    await queued.print(['x'], 'stderr');
    await until(() => queued.driver.calls.includes('write'));
    queued.driver.onWrite = () => {
      expect(told).toMatchObject([{ stream: 'stdout', records: 1, bytes: 2, reason: 'EMSGSIZE' }]);
    };
    first.resolve(Promise.reject(refused('EMSGSIZE', { lost: 1 })) as never);
    await queued.outlet.flush();
    expect(queued.driver.lines.at(-1)).toBe('stderr:x|');
    expect(queued.lost).toEqual({ 'stdout EMSGSIZE': 1 });
    expect.assertions(3);
  });

  test('of a gap keeps it for later, and the records come all the same', async () => {
    const queued = new QueuedDriver();
    const told: string[] = [];
    let able = false;
    Object.assign(queued.driver, {
      gap: (loss: LogLoss) =>
        able ? void told.push(`${loss.records} ${loss.reason}`) : Promise.reject(refused('EIO')),
    });
    queued.outlet.lose({ stream: 'stdout', records: 3, bytes: 9, reason: 'rate limit', from: 1n, to: 2n, next: 3 });
    await queued.print(['a']);
    await queued.got(1);
    expect(told).toEqual([]);
    able = true;
    await queued.outlet.close('drained');
    expect(told).toEqual(['3 rate limit']);
    expect(queued.ledger.untold('fake')).toEqual([]);
  });
});

describe('a driver that does not answer', () => {
  test('costs the batch that it is at; what comes behind waits until it answers', async () => {
    const queued = new QueuedDriver({ timeoutMs: 20 });
    const stuck = deferred<void>();
    queued.driver.onWrite = () => stuck.promise;
    await queued.print(['a']);
    await until(() => queued.lost['stdout timeout'] === 1);
    queued.driver.onWrite = () => undefined;
    await queued.print(['b']);
    await queued.print(['c'], 'stderr');
    expect(queued.driver.calls).toEqual(['write']);
    stuck.resolve();
    await queued.got(4);
    const gap = 'stdout:holdfast: 1 record (2 bytes) lost: timeout|';
    expect(queued.driver.lines).toEqual(['stdout:a|', gap, 'stdout:b|', 'stderr:c|']);
    expect(queued.lost).toEqual({ 'stdout timeout': 1 });
  });

  test('holds up neither flush nor close, and what waits is counted; it is closed once it answers', async () => {
    const queued = new QueuedDriver({ timeoutMs: 20 });
    const stuck = deferred<void>();
    queued.driver.onWrite = () => stuck.promise;
    await queued.print(['a']);
    await queued.print(['b', 'c']);
    await queued.outlet.flush();
    await queued.outlet.close('drained');
    expect(queued.driver.calls).toEqual(['write']);
    const { records } = queued.ledger.document();
    expect(records).toBe(3);
    stuck.resolve();
    await until(() => queued.driver.calls.includes('close drained'));
    expect(queued.ledger.document().records).toBe(3);
  });

  test('that is closed in the middle of a call is not waited for', async () => {
    const queued = new QueuedDriver({ timeoutMs: 3_600_000 });
    queued.driver.onWrite = () => NEVER;
    await queued.print(['a']);
    await queued.got(1);
    await queued.print(['b', 'c']);
    await queued.outlet.close('drained');
    expect(queued.lost).toEqual({ 'stdout not delivered at the end': 2, 'stdout no answer at the end': 1 });
  });

  test.each([
    ['is not lost if it is answered before the account is closed', undefined, {}],
    ['is lost as the driver says by then', refused('EPIPE', { lost: 1 }), { 'stdout EPIPE': 1 }],
  ])('that is closed in the middle of a call: what it was at %s', async (_how, outcome, more) => {
    const closing = deferred<void>();
    const queued = new QueuedDriver({ spill: () => ({ ...NO_SPILL, close: () => closing.promise }) });
    const answer = deferred<void>();
    queued.driver.onWrite = () => answer.promise;
    await queued.print(['a', 'b']);
    await queued.got(2);
    await queued.print(['c']);
    const closed = queued.outlet.close('drained');
    await until(() => queued.logger.lines.length > 0);
    answer.resolve(outcome === undefined ? undefined : (Promise.reject(outcome) as never));
    await until(() => queued.driver.calls.includes('close drained'));
    closing.resolve();
    await closed;
    expect(queued.lost).toEqual({ 'stdout not delivered at the end': 1, ...more });
  });

  test('and has answered in the very turn in which it is closed is told of what it did not get', async () => {
    const queued = new QueuedDriver({ timeoutMs: 3_600_000 });
    const answer = deferred<void>();
    queued.driver.onWrite = () => answer.promise;
    await queued.print(['a']);
    await queued.got(1);
    await queued.print(['b']);
    const closed = queued.outlet.close('drained');
    answer.resolve();
    await closed;
    expect(queued.lost).toEqual({ 'stdout not delivered at the end': 1 });
    expect(queued.lines).toEqual(['a', 'holdfast: 1 record (2 bytes) lost: not delivered at the end']);
    expect(queued.driver.calls.at(-1)).toBe('close drained');
  });

  test('when shimd leaves for another is not known to have what it was at', async () => {
    const queued = new QueuedDriver({ timeoutMs: 50 });
    queued.driver.onWrite = () => NEVER;
    Object.assign(queued.port.options, { timeoutMs: 3_600_000 });
    await queued.print(['a']);
    await queued.got(1);
    Object.assign(queued.port.options, { timeoutMs: 50 });
    await queued.outlet.close('restart');
    expect(queued.lost).toEqual({ 'stdout no answer when shimd was replaced': 1 });
  });
});

describe('flush', () => {
  test('delivers what waits, then flushes the driver', async () => {
    const queued = new QueuedDriver();
    await queued.print(['a']);
    await queued.print(['b'], 'stderr');
    await queued.outlet.flush();
    expect(queued.driver.calls).toEqual(['write', 'write', 'flush']);
    expect(queued.counters).toMatchObject({ flushes: 1, writes: 2 });
  });

  test('tries at once what waits for another attempt', async () => {
    const queued = new QueuedDriver({ timeoutMs: 60_000 });
    let attempts = 0;
    // The pauses grow to more than a test may last.
    queued.driver.onWrite = () => {
      attempts += 1;
      if (attempts < 4) throw refused('ECONNREFUSED', { retry: true });
    };
    await queued.print(['a']);
    await until(() => attempts === 3);
    await queued.outlet.flush();
    expect(attempts).toBe(4);
    expect(queued.lost).toEqual({});
  });
});

test('a driver that is not open yet has its records wait', async () => {
  const queued = new QueuedDriver();
  queued.driver.onOpen = () => Promise.reject(new Error('not yet'));
  await queued.outlet.openOrLater();
  await queued.print(['a']);
  await until(() => queued.counters.queuedRecords === 1);
  queued.driver.onOpen = () => undefined;
  await queued.outlet.reopen().catch(() => undefined);
  await queued.outlet.flush();
  expect(queued.lines).toEqual(['a']);
  expect(queued.lost).toEqual({});
});

test('a driver that asks for small batches gets them', async () => {
  const queued = new QueuedDriver();
  Object.assign(queued.driver, { batchRecords: 2 });
  await queued.print(['a', 'b', 'c', 'd', 'e']);
  await queued.outlet.flush();
  expect(queued.driver.calls).toEqual(['write', 'write', 'write', 'flush']);
  expect(queued.lines).toEqual(['a', 'b', 'c', 'd', 'e']);
});

test('of two drivers the local one is prompt and complete though the other is dead', async () => {
  const ledger = new LossLedger(NOTHING_LOST, () => undefined);
  const local = new FakeLogDriver();
  const counters = newDriverCounters();
  const port = new DriverPort({
    ...{ name: 'local', driver: local, ledger, counters },
    ...{ logger: new QuietLogger(), timeoutMs: 5_000 },
  });
  const dead = new QueuedDriver({ ledger, timeoutMs: 3_600_000, settings: { blockTimeoutMs: 3_600_000 } });
  dead.driver.onWrite = () => NEVER;
  const fanout = new LogFanout([new DirectOutlet(port), dead.outlet], newContainerCounters().streams);
  for (let i = 0; i < 100; i++) {
    // The buffer is free: what the dead one may still use is a copy.
    expect(await fanout.write(batchOf(`${i}`))).toBe(true);
    expect(local.lines).toHaveLength(i + 1);
  }
  expect(dead.counters.queuedRecords).toBe(100);
});
