import { describe, expect, test } from 'vitest';
import { LossLedger } from '../../src/logging/loss-ledger.js';
import type { LogLoss } from '../../src/plugin/log-driver.js';
import { batchOf, partialBatch } from './batch.js';
import { setUpDirect as setUp } from './direct.js';

describe('what a driver lost is told in its log', () => {
  test('before its next record, one line for each reason and stream', async () => {
    const { driver, outlet, ledger } = setUp();
    const fail = (code: string): void => {
      driver.onWrite = () => {
        throw Object.assign(new Error(code), { code });
      };
    };
    fail('ENOSPC');
    await outlet.write(batchOf('a', 'bc'));
    fail('EIO');
    await outlet.write(batchOf('d'));
    driver.onWrite = () => undefined;
    await outlet.write(batchOf('e'));
    await outlet.write(batchOf('f'));
    expect(driver.lines).toEqual([
      'stdout:holdfast: 2 records (5 bytes) lost: ENOSPC|',
      'stdout:holdfast: 1 record (2 bytes) lost: EIO|',
      'stdout:e|',
      'stdout:f|',
    ]);
    expect(ledger.untold('fake')).toEqual([]);
    expect(ledger.document().records).toBe(3);
  });

  test('on a line of its own, behind one that was cut', async () => {
    const { driver, outlet } = setUp();
    await outlet.write(partialBatch('begin'));
    driver.onWrite = () => {
      throw new Error('x');
    };
    await outlet.write(batchOf('end'));
    driver.onWrite = () => undefined;
    await outlet.write(batchOf('next'));
    const gap = 'stdout:holdfast: 1 record (4 bytes) lost: error|';
    expect(driver.lines).toEqual(['stdout:begin', 'stdout:|', gap, 'stdout:next|']);
  });

  test('by its own method, if it has one', async () => {
    const { driver, outlet } = setUp();
    const told: LogLoss[] = [];
    Object.assign(driver, { gap: (loss: LogLoss) => void told.push(loss) });
    driver.onWrite = () => Promise.reject(Object.assign(new Error('x'), { lost: 1 }));
    await outlet.write(batchOf('a', 'bc'));
    driver.onWrite = () => undefined;
    await outlet.write(batchOf('d'));
    expect(told).toMatchObject([{ stream: 'stdout', records: 1, bytes: 3, reason: 'error', from: 1n, to: 1n }]);
    expect(driver.lines.at(-1)).toBe('stdout:d|');
  });

  test('when it is closed at the latest', async () => {
    const { driver, outlet } = setUp();
    driver.onWrite = () => {
      throw new Error('x');
    };
    await outlet.write(batchOf('a'));
    driver.onWrite = () => undefined;
    await outlet.close('drained');
    expect(driver.lines).toEqual(['stdout:holdfast: 1 record (2 bytes) lost: error|']);
  });

  test('also of an earlier shimd', async () => {
    const earlier = setUp();
    earlier.ledger.add('fake', { stream: 'stderr', records: 3, bytes: 9, reason: 'queue full' });
    earlier.ledger.tell('fake', { stream: 'stderr', records: 1, bytes: 3, reason: 'queue full' });
    const { ledger } = earlier;
    const { driver, outlet } = setUp(20, new LossLedger(ledger.document(), () => undefined, ledger.toldRecord()));
    await outlet.write(batchOf('a'));
    expect(driver.lines).toEqual(['stderr:holdfast: 2 records (6 bytes) lost: queue full|', 'stdout:a|']);
  });
});
