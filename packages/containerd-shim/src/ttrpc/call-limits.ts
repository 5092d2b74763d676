import type { CallRequest } from './client.js';
import { CODE, TtrpcError } from './codes.js';
import { startDeadline } from './deadline.js';

/** Calls `fail` when a call's time is over or it is no longer wanted. Returns what calls that off. */
export function watchLimits(
  { service, method, timeoutMs, signal }: CallRequest,
  fail: (error: TtrpcError) => void,
): () => void {
  const what = `${service}/${method}`;
  const aborted = (): void => fail(new TtrpcError(CODE.Canceled, `${what} was given up`, { cause: signal?.reason }));
  const cancel =
    timeoutMs === undefined
      ? undefined
      : startDeadline(timeoutMs, () =>
          fail(new TtrpcError(CODE.DeadlineExceeded, `${what}: no answer within ${timeoutMs} ms`)),
        );
  signal?.addEventListener('abort', aborted, { once: true });
  return () => {
    cancel?.();
    signal?.removeEventListener('abort', aborted);
  };
}
