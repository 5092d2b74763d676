import { isShimError, ShimError } from '../../plugin/shim-error.js';
import { toldError } from '../../plugins/told-error.js';
import type { ErrorCode } from '../../plugin/error-codes.js';
import type { FailureMessage } from './messages.js';

/** `thrown` as something that can be cloned, whatever it is: a plugin may throw anything. */
export function toFailure(thrown: unknown): FailureMessage {
  return failureOf(toldError(thrown));
}

function failureOf(error: Error): FailureMessage {
  const { message, code, cause, lost, retry } = error as Error & Partial<Record<string, unknown>>;
  const coded = isShimError(error);
  return {
    message,
    coded,
    ...(typeof code === 'string' && { code }),
    ...(coded && error.where !== undefined && { where: error.where }),
    ...(coded && { remedy: error.remedy }),
    ...(typeof lost === 'number' && { lost }),
    ...(typeof retry === 'boolean' && { retry }),
    ...(cause instanceof Error && { cause: failureOf(cause) }),
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
