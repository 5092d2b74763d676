/** Of a deadline for what needs turns of the event loop. */
const SHARES = 4;

/** Resolves to true if `work` settled in time, to false after `ms`; rejects as `work` does. Both ends leave no timer behind. */
export function within(ms: number, work: Promise<unknown>): Promise<boolean> {
  return race(work, (late) => after(ms, late));
}

/** As {@link within}, by the time of {@link afterOwnTime}. */
export function withinOwnTime(ms: number, work: Promise<unknown>): Promise<boolean> {
  return race(work, (late) => afterOwnTime(ms, late));
}

/**
 * Calls `late` after `ms` in which the event loop turned, and returns the function that takes this back. While somebody spins nothing
 * that answers can go on: of a quarter of the deadline that lasts longer than it should, the rest is not counted.
 */
export function afterOwnTime(ms: number, late: () => void): () => void {
  let left = SHARES;
  let cancel = (): void => undefined;
  const share = (): void => {
    left -= 1;
    cancel = after(Math.ceil(ms / SHARES), left === 0 ? late : share);
  };
  share();
  return () => cancel();
}

/** When a timer is late, those who answered meanwhile have not been heard yet: timers come before I/O. They are, in one more turn. */
function after(ms: number, late: () => void): () => void {
  let turn: NodeJS.Immediate | undefined;
  const timer = setTimeout(() => (turn = setImmediate(late)), ms);
  return () => {
    clearTimeout(timer);
    clearImmediate(turn);
  };
}

async function race(work: Promise<unknown>, arm: (late: () => void) => () => void): Promise<boolean> {
  let disarm = (): void => undefined;
  const late = new Promise<false>((resolve) => {
    disarm = arm(() => resolve(false));
  });
  try {
    return await Promise.race([work.then(() => true as const), late]);
  } finally {
    disarm();
  }
}
