import { performance } from 'node:perf_hooks';

/** Of the host's deadline, what the driver uses: it must still answer in time. */
const SHARE = 0.8;
const DEFAULT_MS = 5_000;

/** When a call that begins now must be over, in milliseconds of `performance.now()`. `callTimeoutMs`: the host's. */
export function deadlineOf(callTimeoutMs = DEFAULT_MS): number {
  return performance.now() + callTimeoutMs * SHARE;
}

/** What {@link withinTime} waits with. */
export interface Limit {
  /** In milliseconds of `performance.now()`. */
  readonly until: number;
  /** The driver is closed. */
  readonly signal: AbortSignal;
  /** What it rejects with when the time is over. */
  readonly late: () => Error;
}

/** `promise`, or a rejection when the time is over or the signal aborts. */
export function withinTime<T>(promise: Promise<T>, { until, signal, late }: Limit): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => settle(() => reject(late())), Math.max(0, until - performance.now()));
    const aborted = (): void => settle(() => reject(signal.reason as Error));
    const settle = (how: () => void): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', aborted);
      how();
    };
    if (signal.aborted) aborted();
    else signal.addEventListener('abort', aborted);
    promise.then(
      (value) => settle(() => resolve(value)),
      (error: Error) => settle(() => reject(error)),
    );
  });
}
