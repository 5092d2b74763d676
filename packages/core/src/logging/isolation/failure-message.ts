import { isShimError, ShimError } from '../../plugin/shim-error.js';
import type { ErrorCode } from '../../plugin/error-codes.js';
import type { FailureMessage } from './messages.js';

/** Causes of causes beyond this are left out. */
const DEEPEST = 4;

/** `error` as something that can be cloned, whatever it is: a plugin may throw anything. */
export function toFailure(error: unknown, depth = 0): FailureMessage {
  if (typeof error !== 'object' || error === null) return { message: String(error), coded: false };
  const { message, code, cause, lost, retry } = error as Partial<Record<string, unknown>>;
  const coded = isShimError(error);
  return {
    message: typeof message === 'string' ? message : 'an error without message',
    coded,
    ...(typeof code === 'string' && { code }),
    ...(coded && error.where !== undefined && { where: error.where }),
    ...(coded && { remedy: error.remedy }),
    ...(typeof lost === 'number' && { lost }),
    ...(typeof retry === 'boolean' && { retry }),
    ...(cause !== undefined && depth < DEEPEST && { cause: toFailure(cause, depth + 1) }),
  };
}

/** The error that {@link toFailure} was made of, or one that says the same. */
export function fromFailure(failure: FailureMessage): Error {
  const { message, code, coded, where, remedy, lost, retry } = failure;
  const cause = failure.cause === undefined ? undefined : fromFailure(failure.cause);
  const more = { ...(cause !== undefined && { cause }) };
  const error = coded
    ? new ShimError(code as ErrorCode, message, {
        ...more,
        ...(where !== undefined && { where }),
        ...(remedy !== undefined && { remedy }),
      })
    : Object.assign(new Error(message, more), code === undefined ? {} : { code });
  return Object.assign(error, lost === undefined ? {} : { lost }, retry === undefined ? {} : { retry });
}
