import { expect, test } from 'vitest';
import { within } from '../../src/logging/deadline.js';

test('work that ends in time, late or badly is told apart', async () => {
  expect(await within(60_000, Promise.resolve())).toBe(true);
  expect(await within(5, new Promise(() => undefined))).toBe(false);
  await expect(within(60_000, Promise.reject(new Error('bad')))).rejects.toThrow('bad');
});
