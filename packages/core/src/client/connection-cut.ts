import { isShimError } from '../plugin/shim-error.js';

/** The connection could not be made, or ended before the whole answer was there: to be asked again, never shown to a user. */
export class ConnectionCut extends Error {
  constructor(
    message: string,
    /** False if the server can't have seen the request. */
    readonly sent: boolean,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'ConnectionCut';
  }
}

/**
 * EAGAIN is what connect(2) says when a Unix socket's backlog is full. ENOTDIR: something on the way is no directory, which whoever
 * makes the directories puts in words.
 */
const NOT_SENT = new Set(['ENOENT', 'ENOTDIR', 'ECONNREFUSED', 'EAGAIN']);
const CUT = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'ERR_STREAM_PREMATURE_CLOSE']);

/** `error` as a {@link ConnectionCut} if it is one of a connection that was refused or cut, else undefined. */
export function asConnectionCut(error: unknown): ConnectionCut | undefined {
  if (error instanceof ConnectionCut) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined) return undefined;
  if (NOT_SENT.has(code)) return new ConnectionCut(message, false, error);
  return CUT.has(code) ? new ConnectionCut(message, true, error) : undefined;
}

/** True if the same request may be sent again: cut, or shimd said that it is starting or leaving. */
export function isTransient(error: unknown): boolean {
  return error instanceof ConnectionCut || (isShimError(error) && error.code === 'SHIM_UNAVAILABLE');
}
