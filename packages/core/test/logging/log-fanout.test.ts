import { expect, test } from 'vitest';
import { LogFanout } from '../../src/logging/log-fanout.js';
import { DirectOutlet } from '../../src/logging/direct-outlet.js';
import { DriverPort } from '../../src/logging/driver-port.js';
import { LossLedger } from '../../src/logging/loss-ledger.js';
import { newContainerCounters, newDriverCounters, type ContainerCounters } from '../../src/metrics/counters.js';
import { ShimError } from '../../src/plugin/shim-error.js';
import { NOTHING_LOST } from '../../src/state/container-record.js';
import { FakeLogDriver } from '../support/fake-log-driver.js';
import { QuietLogger } from '../support/quiet-logger.js';
import { batchOf } from './batch.js';

interface Parts {
  drivers: FakeLogDriver[];
  fanout: LogFanout;
  ledger: LossLedger;
  streams: ContainerCounters['streams'];
}

function setUp(count: number): Parts {
  const ledger = new LossLedger(NOTHING_LOST, () => undefined);
  const drivers = Array.from({ length: count }, () => new FakeLogDriver());
  const outlets = drivers.map(
    (driver, i) =>
      new DirectOutlet(
        new DriverPort({
          name: `d${i}`,
          driver,
          ledger,
          counters: newDriverCounters(),
          logger: new QuietLogger(),
          timeoutMs: 20,
        }),
      ),
  );
  const { streams } = newContainerCounters();
  return { drivers, ledger, streams, fanout: new LogFanout(outlets, streams) };
}

test('a driver that does not open has the opened ones closed and the others left alone', async () => {
  const { drivers, fanout } = setUp(3);
  (drivers[1] as FakeLogDriver).onOpen = () => Promise.reject(new Error('no'));
  await expect(fanout.open()).rejects.toMatchObject({ code: 'SHIM_LOG_OPEN' });
  expect(drivers.map(({ calls }) => calls)).toEqual([['open', 'close deleted'], ['open'], []]);
  await fanout.close('deleted');
  expect(drivers.map(({ calls }) => calls.length)).toEqual([2, 1, 0]);
});

test('every driver gets every batch, and a failing one keeps none from the others', async () => {
  const { drivers, fanout, ledger } = setUp(2);
  (drivers[0] as FakeLogDriver).onWrite = () => {
    throw new Error('broken');
  };
  expect(await fanout.write(batchOf('a'))).toBe(true);
  expect(drivers[1]?.lines).toEqual(['stdout:a|']);
  expect(Object.keys(ledger.document().byDriver)).toEqual(['d0']);
});

test.each([1, 2])('the buffer is not free while one of %i drivers may still use it', async (count) => {
  const { drivers, fanout } = setUp(count);
  (drivers[0] as FakeLogDriver).onWrite = () => new Promise(() => undefined);
  expect(await fanout.write(batchOf('a'))).toBe(false);
});

test('records that no driver gets are lost to each, with stream and reason, and counted as what the container brought', () => {
  const { drivers, fanout, ledger, streams } = setUp(2);
  fanout.lose({ stream: 'stderr', records: 3, bytes: 30, reason: 'rate limit', from: 1n, to: 2n, next: 3 });
  const lost = { records: 3, bytes: 30, reason: 'rate limit' };
  const expected = { ...lost, causes: [{ ...lost, stream: 'stderr' }] };
  expect(ledger.document().byDriver).toEqual({ d0: expected, d1: expected });
  expect([streams.stderr, streams.stdout.records]).toEqual([{ records: 3, bytes: 30 }, 0]);
  expect(drivers.map(({ lines }) => lines)).toEqual([[], []]);
});

test('no drivers take everything', async () => {
  expect(await setUp(0).fanout.write(batchOf('a'))).toBe(true);
});

test('drivers are closed once', async () => {
  const { drivers, fanout } = setUp(1);
  await fanout.open();
  await fanout.close('drained');
  await fanout.close('deleted');
  expect(drivers[0]?.calls).toEqual(['open', 'close drained']);
});

test('those drivers that can open their files anew, all of them though one fails', async () => {
  const { drivers, fanout } = setUp(3);
  const reopened: string[] = [];
  Object.assign(drivers[0]!, { reopen: () => Promise.reject(new ShimError('SHIM_LOG_OPEN', 'no space')) });
  Object.assign(drivers[2]!, { reopen: () => void reopened.push('d2') });
  await expect(fanout.reopen()).rejects.toMatchObject({ code: 'SHIM_LOG_OPEN', message: 'no space' });
  expect(reopened).toEqual(['d2']);
});

test.each([
  [0, 'it keeps no logs'],
  [2, 'd0, d1 cannot'],
])('%i drivers none of which can is an error', async (count, why) => {
  await expect(setUp(count).fanout.reopen()).rejects.toMatchObject({
    code: 'SHIM_UNSUPPORTED',
    message: expect.stringContaining(why) as string,
  });
});
