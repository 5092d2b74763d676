import { newDriverCounters } from '../../src/metrics/counters.js';
import { describe, expect, test } from 'vitest';
import { DirectOutlet } from '../../src/logging/direct-outlet.js';
import { DriverPort } from '../../src/logging/driver-port.js';
import { LossLedger } from '../../src/logging/loss-ledger.js';
import { splitBatch } from '../../src/logging/split-batch.js';
import { NOTHING_LOST } from '../../src/state/container-record.js';
import type { LogBatch } from '../../src/plugin/log-batch.js';
import { FakeLogDriver } from '../support/fake-log-driver.js';
import { QuietLogger } from '../support/quiet-logger.js';
import { batchOf } from './batch.js';

const textOf = (batch: LogBatch): string[] =>
  Array.from({ length: batch.count }, (_, i) => batch.record(i).bytes.toString());

describe('a large batch', () => {
  test('is several over the same records, numbered as before', () => {
    const batch = batchOf('one', '', 'three', 'four', 'five');
    const pieces = [...splitBatch(batch, 2)];
    expect(pieces.map(textOf)).toEqual([['one', ''], ['three', 'four'], ['five']]);
    expect(pieces.map(({ sequence }) => sequence)).toEqual([0, 2, 4]);
    expect(Buffer.concat(pieces.map(({ bytes }) => bytes)).equals(batch.bytes)).toBe(true);
    expect(pieces.map(({ record, count }) => record !== undefined && count)).toEqual([2, 2, 1]);
  });

  test('reaches a driver in the pieces that it asks for, and only their losses count', async () => {
    const taken: string[][] = [];
    const ledger = new LossLedger(NOTHING_LOST, () => undefined);
    const driver = Object.assign(new FakeLogDriver(), {
      batchRecords: 2,
      write: (batch: LogBatch): Promise<void> => {
        taken.push(textOf(batch));
        return taken.length === 2 ? Promise.reject(Object.assign(new Error('no'), { lost: 1 })) : Promise.resolve();
      },
    });
    const outlet = new DirectOutlet(
      new DriverPort({
        name: 'fake',
        driver,
        ledger,
        counters: newDriverCounters(),
        logger: new QuietLogger(),
        timeoutMs: 1_000,
      }),
    );
    expect(await outlet.write(batchOf('a', 'b', 'c', 'd', 'e'))).toBe(false);
    expect(taken).toEqual([['a', 'b'], ['c', 'd'], ['holdfast: 1 record (2 bytes) lost: error'], ['e']]);
    expect(ledger.document().records).toBe(1);
  });
});
