import { describe, expect, test } from 'vitest';
import type { LogDriver } from '../../src/plugin/log-driver.js';
import { lossOf } from '../../src/logging/gaps/loss.js';
import { ShimError } from '../../src/plugin/shim-error.js';
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

  test.each<[string, () => unknown]>([
    ['a number', () => 3],
    ['a promise of a number', () => Promise.resolve(3)],
    ['something that has a then alone', () => ({ then: (done: (value: unknown) => void) => done(7) })],
  ])('that write, flush, gap and reopen give back as %s is waited for, and no error', async (_title, answer) => {
    const { outlet, driver, ledger, logger } = setUp();
    Object.assign(driver, { write: answer, gap: answer, flush: answer, reopen: answer, open: answer });
    await outlet.open();
    await outlet.write(batchOf('a'));
    outlet.lose(lossOf(batchOf('x'), 0, 1, 'rate limit'));
    await outlet.write(batchOf('b'));
    await outlet.reopen();
    await outlet.flush();
    expect([ledger.document().records, logger.lines]).toEqual([1, []]);
  });

  test('that flush gives back nothing is no error, and what a then refuses is one', async () => {
    const { outlet, driver, ledger, logger } = setUp();
    driver.flush = (() => undefined) as unknown as LogDriver['flush'] as typeof driver.flush;
    await outlet.flush();
    expect(logger.lines).toEqual([]);
    const refusing = { then: (_done: unknown, refuse: (why: unknown) => void) => refuse(new Error('no')) };
    driver.write = () => refusing as unknown as Promise<void>;
    await outlet.write(batchOf('a'));
    expect([ledger.document().records, logger.errors]).toEqual([1, [expect.objectContaining({ message: 'no' })]]);
  });

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['an object without prototype', Object.create(null)],
    ['a symbol', Symbol('x')],
    ['an error with a message that is no text', Object.assign(new Error('x'), { message: Symbol('x') })],
    ['a bug of holdfast', new ShimError('SHIM_INTERNAL', 'x')],
    ['an error with a bad name', Object.assign(new Error('x'), { name: {} })],
  ])('that open rejects with, such as %s, names the driver', async (_title, thrown) => {
    const { outlet, driver } = setUp();
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what a plugin may do
    driver.onOpen = () => Promise.reject(thrown);
    await expect(outlet.open()).rejects.toMatchObject({
      code: 'SHIM_LOG_OPEN',
      message: expect.stringMatching(/^log driver fake does not open: ./) as string,
      where: 'log driver fake',
      remedy: expect.stringContaining('its author') as string,
    });
  });

  test('that open rejects with as a system error has the remedy for that', async () => {
    const { outlet, driver } = setUp();
    driver.onOpen = () => Promise.reject(Object.assign(new Error('EACCES: no'), { code: 'EACCES', syscall: 'open' }));
    await expect(outlet.open()).rejects.toMatchObject({
      message: 'log driver fake does not open: EACCES: no',
      remedy: expect.stringContaining('log directory') as string,
    });
  });

  test('that takes too long to open says so', async () => {
    const { outlet, driver } = setUp();
    driver.onOpen = () => new Promise(() => undefined);
    await expect(outlet.open()).rejects.toMatchObject({
      message: 'log driver fake did not open within 20 ms (limits.logTimeout)',
      remedy: expect.stringContaining('limits.logTimeout') as string,
    });
  });

  test('that says something else each time it is read is read once', async () => {
    const { outlet, driver, logger } = setUp();
    let asked = 0;
    const error = Object.defineProperty(new Error('x'), 'message', { get: () => `answer ${++asked}` });
    driver.onWrite = () => Promise.reject(error);
    await outlet.write(batchOf('a'));
    const [logged] = logger.errors as Error[];
    expect([logged?.message, logged?.message]).toEqual(['answer 1', 'answer 1']);
  });
});
