import { isShimError, ShimError } from '../plugin/shim-error.js';

/** What {@link LogDriver.open} and `reopen` of the driver `name` rejected with, as SHIM_LOG_OPEN. */
export function openFailure(error: unknown, name: string): ShimError {
  if (isShimError(error)) return error;
  const { message, code } = error as Error & { code?: unknown };
  const isSystems = typeof code === 'string' && /^E[A-Z0-9]+$/.test(code);
  return new ShimError('SHIM_LOG_OPEN', `log driver ${name} does not open: ${message}`, {
    where: `log driver ${name}`,
    cause: error,
    ...(!isSystems && { remedy: "The driver's own error is the cause; report it to its author." }),
  });
}

/** It did not answer in time. */
export function openTooLong(name: string, method: 'open' | 'reopen', timeoutMs: number): ShimError {
  const message = `log driver ${name} did not ${method} within ${timeoutMs} ms (limits.logTimeout)`;
  return new ShimError('SHIM_LOG_OPEN', message, {
    where: `log driver ${name}`,
    remedy: 'Find out what the driver waits for, such as a server or a disk, or raise limits.logTimeout.',
  });
}
