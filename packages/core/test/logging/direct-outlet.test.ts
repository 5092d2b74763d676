import { describe, expect, test } from 'vitest';
import { deferred } from '../../src/lifecycle/deferred.js';
import { DirectOutlet } from '../../src/logging/direct-outlet.js';
import { DriverPort } from '../../src/logging/driver-port.js';
import { newDriverCounters } from '../../src/metrics/counters.js';
import type { MovedRecords, RecordPipe } from '../../src/plugin/file-lane.js';
import { ShimError } from '../../src/plugin/shim-error.js';
import { NOTHING_LOST } from '../../src/state/container-record.js';
import { until } from '../support/until.js';
import { batchOf } from './batch.js';
import { setUpDirect as setUp } from './direct.js';

const NEVER = new Promise<void>(() => undefined);

describe('opening', () => {
  test('passes a coded error on, and names the driver in any other', async () => {
    const { driver, outlet } = setUp();
    driver.onOpen = () => Promise.reject(new ShimError('SHIM_LOG_OPEN', 'no space'));
    await expect(outlet.open()).rejects.toMatchObject({ code: 'SHIM_LOG_OPEN', message: 'no space' });
    driver.onOpen = () => Promise.reject(new Error('boom'));
    await expect(outlet.open()).rejects.toMatchObject({ code: 'SHIM_LOG_OPEN', where: 'log driver fake' });
  });

  test('that hangs fails in time', async () => {
    const { driver, outlet } = setUp();
    driver.onOpen = () => NEVER;
    await expect(outlet.open()).rejects.toMatchObject({
      code: 'SHIM_LOG_OPEN',
      message: expect.stringContaining('20 ms') as string,
    });
  });

  test('is left out for a driver without it', async () => {
    const { ledger, logger } = setUp();
    const driver = {
      write: () => undefined,
      flush: () => Promise.resolve(),
      close: () => Promise.resolve({ lost: 0 }),
    };
    await expect(
      new DirectOutlet(
        new DriverPort({ name: 'bare', driver, ledger, counters: newDriverCounters(), logger, timeoutMs: 20 }),
      ).open(),
    ).resolves.toBeUndefined();
  });
});

describe('a driver that fails', () => {
  test.each([
    [
      'throws',
      () => {
        throw Object.assign(new Error('x'), { code: 'ENOSPC' });
      },
      'ENOSPC',
    ],
    ['rejects', () => Promise.reject(Object.assign(new Error('x'), { code: 'EIO' })), 'EIO'],
    [
      'rejects with a cause',
      () => Promise.reject(new ShimError('SHIM_LOG_WRITE', 'x', { cause: { code: 'EROFS' } })),
      'EROFS',
    ],
    [
      'throws nothing known',
      () => {
        throw new Error('x');
      },
      'error',
    ],
  ])('and %s has its records counted, with why', async (_how, fail, reason) => {
    const { driver, outlet, ledger } = setUp();
    driver.onWrite = fail;
    expect(await outlet.write(batchOf('a', 'bc'))).toBe(false);
    const causes = [{ stream: 'stdout', reason, records: 2, bytes: 5 }];
    const fake = { records: 2, bytes: 5, reason, causes };
    expect(ledger.document()).toEqual({ records: 2, bytes: 5, byDriver: { fake } });
  });

  test('and says how many it lost has so many counted', async () => {
    const { driver, outlet, ledger } = setUp();
    driver.onWrite = () => Promise.reject(Object.assign(new Error('x'), { lost: 1 }));
    await outlet.write(batchOf('a', 'b'));
    expect(ledger.document()).toMatchObject({ records: 1, bytes: 2 });
    driver.onWrite = () => Promise.reject(Object.assign(new Error('x'), { lost: 99 }));
    await outlet.write(batchOf('a', 'b'));
    expect(ledger.document()).toMatchObject({ records: 3 });
  });

  test('is logged once until it works again', async () => {
    const { driver, outlet, logger } = setUp();
    driver.onWrite = () => Promise.reject(new Error('x'));
    await outlet.write(batchOf('a'));
    await outlet.write(batchOf('b'));
    driver.onWrite = () => undefined;
    await outlet.write(batchOf('c'));
    expect(logger.lines).toEqual(['error: log driver fails', 'info: log driver works again']);
  });
});

describe('a driver that hangs', () => {
  test('holds up one write for the deadline, and no other', async () => {
    const { driver, outlet, ledger } = setUp();
    driver.onWrite = () => NEVER;
    expect(await outlet.write(batchOf('a'))).toBe(true);
    expect(await outlet.write(batchOf('b', 'c'))).toBe(false);
    expect(driver.calls).toEqual(['write']);
    expect(ledger.document()).toMatchObject({ records: 3, byDriver: { fake: { reason: 'stalled' } } });
  });

  test('holds up neither flush nor close', async () => {
    const { driver, outlet } = setUp();
    driver.onWrite = () => NEVER;
    await outlet.write(batchOf('a'));
    await outlet.flush();
    await outlet.close('drained');
    expect(driver.calls).toEqual(['write']);
  });

  test('and answers again gets records again', async () => {
    const { driver, outlet, logger } = setUp();
    const stuck = deferred<void>();
    driver.onWrite = () => stuck.promise;
    await outlet.write(batchOf('a'));
    driver.onWrite = () => undefined;
    stuck.resolve();
    await until(() => logger.lines.includes('info: log driver answers again'));
    expect(await outlet.write(batchOf('b'))).toBe(false);
    expect(driver.lines).toEqual(['stdout:a|', 'stdout:holdfast: 1 record (2 bytes) lost: timeout|', 'stdout:b|']);
  });

  test('and answers after it was to be closed is closed then', async () => {
    const { driver, outlet } = setUp();
    const stuck = deferred<void>();
    driver.onWrite = () => stuck.promise;
    await outlet.write(batchOf('a'));
    await outlet.close('drained');
    stuck.resolve();
    await until(() => driver.calls.includes('close drained'));
  });

  test('in flush or close is left after the deadline, which is logged', async () => {
    const { driver, outlet, logger } = setUp();
    driver.onFlush = () => NEVER;
    driver.onClose = () => new Promise<number>(() => undefined);
    await outlet.flush();
    await outlet.close('drained');
    expect(logger.lines).toEqual([
      'error: log driver: flush takes too long',
      'error: log driver: close takes too long',
    ]);
  });
});

test('a slow driver is back-pressure and loses nothing', async () => {
  const { driver, outlet, ledger } = setUp(5_000);
  const slow = deferred<void>();
  driver.onWrite = () => slow.promise;
  let done = false;
  const written = outlet.write(batchOf('a')).then(() => (done = true));
  await Promise.resolve();
  expect(done).toBe(false);
  slow.resolve();
  await written;
  expect(ledger.document()).toEqual(NOTHING_LOST);
});

test('calls never overlap, whichever streams and callers they come from', async () => {
  const { driver, outlet } = setUp(5_000);
  let running = 0;
  let most = 0;
  const work = async (): Promise<void> => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
  };
  driver.onWrite = work;
  driver.onFlush = work;
  const reopening = Object.assign(driver, { reopen: work });
  expect(reopening.reopen).toBe(work);
  const writes = Array.from({ length: 20 }, (_, i) => outlet.write(batchOf(String(i))));
  await Promise.all([...writes, outlet.reopen(), outlet.flush()]);
  expect(most).toBe(1);
  expect(driver.calls.filter((call) => call === 'write')).toHaveLength(20);
});

test.each(['flush', 'close'] as const)('no other call begins while a driver is busy with %s', async (call) => {
  const { driver, outlet } = setUp(5_000);
  const busy = deferred<void>();
  driver.onFlush = () => busy.promise;
  driver.onClose = () => busy.promise.then(() => 0);
  const calling = call === 'flush' ? outlet.flush() : outlet.close('drained');
  const writing = outlet.write(batchOf('a'));
  await new Promise((resolve) => setImmediate(resolve));
  expect(driver.calls).toEqual([call === 'flush' ? 'flush' : 'close drained']);
  busy.resolve();
  await Promise.all([calling, writing]);
  expect(driver.calls).toHaveLength(2);
});

test('what a driver lost before close is counted', async () => {
  const { driver, outlet, ledger } = setUp();
  driver.onClose = () => 4;
  await outlet.close('drained');
  expect(ledger.document()).toMatchObject({ records: 4, byDriver: { fake: { reason: 'close' } } });
});

describe('reopening', () => {
  test('passes a coded error on, and names the driver in any other', async () => {
    const { driver, outlet } = setUp();
    const errors = [new ShimError('SHIM_LOG_OPEN', 'no space'), new Error('boom')];
    Object.assign(driver, { reopen: () => Promise.reject(errors.shift() as Error) });
    await expect(outlet.reopen()).rejects.toMatchObject({ code: 'SHIM_LOG_OPEN', message: 'no space' });
    await expect(outlet.reopen()).rejects.toMatchObject({ code: 'SHIM_LOG_OPEN', where: 'log driver fake' });
    expect(await outlet.write(batchOf('a'))).toBe(false);
    expect(driver.lines).toEqual(['stdout:a|']);
  });

  test('that hangs fails in time, and holds up no records', async () => {
    const { driver, outlet, ledger, logger } = setUp();
    const answer = deferred<void>();
    Object.assign(driver, { reopen: () => answer.promise });
    await expect(outlet.reopen()).rejects.toMatchObject({
      code: 'SHIM_LOG_OPEN',
      message: expect.stringContaining('20 ms') as string,
    });
    expect(await outlet.write(batchOf('a'))).toBe(false);
    await expect(outlet.reopen()).rejects.toMatchObject({ message: 'log driver fake does not answer' });
    answer.resolve();
    await until(() => logger.lines.includes('info: log driver answers again'));
    expect(await outlet.write(batchOf('b'))).toBe(false);
    expect(driver.lines).toEqual(['stdout:holdfast: 1 record (2 bytes) lost: stalled|', 'stdout:b|']);
    expect(ledger.document().byDriver.fake?.reason).toBe('stalled');
  });

  test('opens one that was not open', async () => {
    const { driver, outlet } = setUp();
    driver.onOpen = () => Promise.reject(new Error('no'));
    await outlet.openOrLater();
    Object.assign(driver, { reopen: () => NEVER });
    await expect(outlet.reopen()).rejects.toMatchObject({ code: 'SHIM_LOG_OPEN', where: 'log driver fake' });
    driver.onOpen = () => undefined;
    await outlet.reopen();
    await outlet.write(batchOf('a'));
    expect(driver.lines).toEqual(['stdout:a|']);
  });

  test('is refused once it is closed', async () => {
    const { driver, outlet } = setUp();
    Object.assign(driver, { reopen: () => Promise.resolve() });
    await outlet.close('drained');
    await expect(outlet.reopen()).rejects.toMatchObject({ code: 'SHIM_ILLEGAL_STATE' });
  });
});

describe('a driver that moves records itself', () => {
  const MOVED = { bytes: 10, records: 2 };

  function direct(
    onDirect: () => Promise<MovedRecords>,
  ): ReturnType<typeof setUp> & { stops: boolean[]; pipe: RecordPipe } {
    const parts = setUp();
    const stops: boolean[] = [];
    Object.assign(parts.driver, { direct: onDirect });
    return { ...parts, stops, pipe: { stop: (abandon) => stops.push(abandon) } };
  }

  test('says how many, and its calls never overlap with others', async () => {
    const moved = deferred<MovedRecords>();
    const { outlet, driver, pipe } = direct(() => moved.promise);
    const moving = outlet.direct(pipe);
    const writing = outlet.write(batchOf('a'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(driver.lines).toEqual([]);
    moved.resolve(MOVED);
    expect(await moving).toEqual(MOVED);
    await writing;
    expect(driver.lines).toEqual(['stdout:a|']);
  });

  test('is left out when it fails, cannot, or is not there', async () => {
    const { outlet, driver, pipe, ledger } = direct(() => Promise.reject(new Error('broken')));
    expect(await outlet.direct(pipe)).toBeUndefined();
    Object.assign(driver, { direct: () => Promise.resolve(MOVED) });
    driver.onWrite = () => Promise.reject(new Error('disk full'));
    await outlet.write(batchOf('a'));
    // It fails: records go the way on which they are counted.
    expect(await outlet.direct(pipe)).toBeUndefined();
    driver.onWrite = () => undefined;
    await outlet.write(batchOf('b'));
    expect(await outlet.direct(pipe)).toEqual(MOVED);
    expect(ledger.document().records).toBe(1);
    Object.assign(driver, { direct: undefined });
    expect(await outlet.direct(pipe)).toBeUndefined();
  });

  test('and hangs gets the pipe taken away, and its records are counted until it answers', async () => {
    const moved = deferred<MovedRecords>();
    const { outlet, pipe, stops, ledger, logger, driver } = direct(() => moved.promise);
    expect(await outlet.direct(pipe)).toBeUndefined();
    expect(stops).toEqual([true]);
    await outlet.write(batchOf('a'));
    expect(ledger.document().byDriver['fake']).toMatchObject({ records: 1, reason: 'stalled' });
    moved.resolve(MOVED);
    await until(() => logger.lines.some((line) => line.startsWith('info')));
    await outlet.write(batchOf('b'));
    expect(driver.lines).toEqual(['stdout:holdfast: 1 record (2 bytes) lost: stalled|', 'stdout:b|']);
  });
});
