import { asShimError, type ErrorCode } from '@holdfast/core/plugin';
import { CODE, TtrpcError } from '../ttrpc/codes.js';

const CODES: Partial<Readonly<Record<ErrorCode, number>>> = {
  SHIM_CONTAINER_EXISTS: CODE.AlreadyExists,
  SHIM_CONTAINER_NOT_FOUND: CODE.NotFound,
  SHIM_EXEC_EXISTS: CODE.AlreadyExists,
  SHIM_EXEC_NOT_FOUND: CODE.NotFound,
  SHIM_ILLEGAL_STATE: CODE.FailedPrecondition,
  SHIM_INVALID_ARGUMENT: CODE.InvalidArgument,
  SHIM_INVALID_ID: CODE.InvalidArgument,
  SHIM_SPEC_INVALID: CODE.InvalidArgument,
  SHIM_UNAVAILABLE: CODE.Unavailable,
  SHIM_UNSUPPORTED: CODE.Unimplemented,
};

/** By these words docker and nerdctl know which exit code to give; crun and our own messages use others. */
const WORDS: Partial<Readonly<Record<ErrorCode, string>>> = {
  SHIM_COMMAND_NOT_FOUND: 'executable file not found in $PATH',
  SHIM_COMMAND_PERMISSION: 'permission denied',
};

/** The same for containerd. `doing` goes before what a runtime says, as containerd's own shim has it: `OCI runtime create failed`. */
export function statusOf(thrown: unknown, doing?: string): TtrpcError {
  if (thrown instanceof TtrpcError) return thrown;
  const error = asShimError(thrown);
  const code = CODES[error.code] ?? CODE.Unknown;
  const words = WORDS[error.code];
  const known = words === undefined || error.message.includes(words) ? '' : `: ${words}`;
  const before = doing !== undefined && code === CODE.Unknown ? `${doing}: ` : '';
  return new TtrpcError(code, `${before}${error.message}${known}`, { cause: thrown });
}

/** What containerd and its clients take for "it has ended already". */
export function finished(): TtrpcError {
  return new TtrpcError(CODE.NotFound, 'process already finished: not found');
}
