import { setTimeout as delay } from 'node:timers/promises';

/** Polls a condition that no event tells of; fails after five seconds. */
export async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 5_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`still not so: ${condition.toString()}`);
    await delay(2);
  }
}
