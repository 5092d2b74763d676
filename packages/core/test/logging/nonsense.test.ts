import { describe, expect, test } from 'vitest';
import { batchOf } from './batch.js';
import { setUpDirect as setUp } from './direct.js';

describe('nonsense from a driver', () => {
  test('as the count of what it lost is an error, and is not counted', async () => {
    const { outlet, ledger, logger, driver } = setUp();
    for (const lost of ['many', -1, 1.5, NaN, undefined]) {
      driver.onClose = () => lost as number;
      await outlet.close('drained');
    }
    expect(ledger.document().records).toBe(0);
    expect(logger.lines).toEqual(Array(5).fill('error: log driver: close failed'));
  });

  test('that throws when it is looked at is as good as any other error', async () => {
    const refuse = (): never => {
      throw new Error('no');
    };
    const hostile = new Proxy(new Error('x'), { get: refuse, getPrototypeOf: refuse, has: refuse, ownKeys: refuse });
    const { outlet, ledger, driver } = setUp();
    driver.onWrite = driver.onOpen = () => Promise.reject(hostile);
    driver.onClose = () => Promise.reject(hostile);
    await expect(outlet.open()).rejects.toMatchObject({ code: 'SHIM_LOG_OPEN' });
    await outlet.write(batchOf('a'));
    await outlet.close('drained');
    expect(ledger.document().records).toBe(1);
  });
});
