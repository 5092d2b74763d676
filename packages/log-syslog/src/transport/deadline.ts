import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';

const FIRST_MS = 20;
const LAST_MS = 1_000;
/** Many containers have one server: they do not come all at once when it is there again. */
const LEAST_SHARE = 0.5;

/** Pauses between attempts to reach a server. */
export class BackOff {
  #ms = FIRST_MS;

  /** Waits; false if the deadline comes first. */
  async pause(deadline: number): Promise<boolean> {
    const wanted = this.#ms * (LEAST_SHARE + Math.random() * (1 - LEAST_SHARE));
    this.#ms = Math.min(LAST_MS, 2 * this.#ms);
    const left = deadline - performance.now();
    if (left <= 0) return false;
    await delay(Math.min(wanted, left));
    return wanted < left;
  }
}

/** True once `work` is done, false if the deadline comes first. Rejects as `work` does. */
export async function doneBefore(deadline: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), Math.max(0, deadline - performance.now()));
  });
  try {
    return await Promise.race([work.then(() => true as const), late]);
  } finally {
    clearTimeout(timer);
  }
}
