import { setTimeout as delay } from 'node:timers/promises';

/** Waits for a state of the world that no event announces; throws, saying `what`, after `ms`. */
export async function until<T>(what: string, probe: () => T | Promise<T>, ms = 15_000): Promise<NonNullable<T>> {
  const end = Date.now() + ms;
  for (;;) {
    const value = await probe();
    if (value !== undefined && value !== null && value !== false) return value;
    if (Date.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
    await delay(20);
  }
}
