import { expect, test } from 'vitest';
import { deferred } from '../../src/lifecycle/deferred.js';
import { Mutex } from '../../src/lifecycle/mutex.js';
import { RequestLog } from '../../src/lifecycle/request-log.js';

test('tasks run one at a time in the order of arrival, also after one that failed', async () => {
  const mutex = new Mutex();
  const gate = deferred<void>();
  const order: string[] = [];
  const first = mutex.run(async () => {
    await gate.promise;
    order.push('first');
    throw new Error('failed');
  });
  const second = mutex.run(() => Promise.resolve(order.push('second')));
  await Promise.resolve();
  expect(order).toEqual([]);
  gate.resolve();
  await expect(first).rejects.toThrow('failed');
  await second;
  expect(order).toEqual(['first', 'second']);
});

test('a request id runs once, whatever came of it, until 64 others have come', async () => {
  const log = new RequestLog();
  let runs = 0;
  const call = (): Promise<number> => Promise.resolve(++runs);
  expect([await log.once('a', call), await log.once('a', call)]).toEqual([1, 1]);
  const failing = (): Promise<number> => Promise.reject(new Error(`failure ${++runs}`));
  await expect(log.once('b', failing)).rejects.toThrow('failure 2');
  await expect(log.once('b', failing)).rejects.toThrow('failure 2');
  for (let i = 0; i < 64; i++) await log.once(String(i), call);
  expect(await log.once('a', call)).toBe(67);
});
