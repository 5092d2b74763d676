import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { MessageChannel } from 'node:worker_threads';
import { describe, expect, onTestFinished, test } from 'vitest';
import { within, withinOwnTime } from '../../src/logging/deadline.js';
import { spin } from '../support/spin.js';

/** An answer that takes so many turns of the event loop: each question is asked when the one before has been answered. */
async function answers(count: number): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  onTestFinished(() => port1.close());
  for (let i = 0; i < count; i++) {
    const heard = once(port2, 'message');
    port1.postMessage(i);
    await heard;
  }
}

describe.each([
  ['within', within],
  ['withinOwnTime', withinOwnTime],
])('%s', (_name, wait) => {
  test('tells apart work that ends in time, late or badly', async () => {
    expect(await wait(60_000, Promise.resolve())).toBe(true);
    expect(await wait(5, new Promise(() => undefined))).toBe(false);
    await expect(wait(60_000, Promise.reject(new Error('bad')))).rejects.toThrow('bad');
  });

  test('hears what was answered while somebody spun past the deadline', async () => {
    // Timers come first in the turn of the loop behind this.
    await nextTurn();
    const answered = wait(20, answers(1));
    spin(40);
    expect(await answered).toBe(true);
  });
});

test('what needs several turns gets them after somebody spun', async () => {
  await nextTurn();
  const answered = withinOwnTime(2_000, answers(10));
  spin(2_010);
  expect(await answered).toBe(true);
});
