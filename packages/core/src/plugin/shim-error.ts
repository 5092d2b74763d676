import { ERROR_CODES, isErrorCode, type ErrorCode } from './error-codes.js';

/** Plugins and the shim may hold two copies of this module, so errors are known by a brand and not by class. */
const BRAND = Symbol.for('holdfast.error');

/** What a {@link ShimError} may say beyond its code and message. */
export interface ShimErrorOptions {
  /** The file, key path, container or call concerned. */
  readonly where?: string;
  /** What a person can do; the code's own remedy if left out. */
  readonly remedy?: string;
  readonly cause?: unknown;
}

/** An error as it travels over the API and into state files. */
export interface ErrorDocument {
  readonly code: ErrorCode;
  readonly message: string;
  readonly where?: string;
  readonly remedy: string;
}

/** The error of holdfast: a code from {@link ERROR_CODES}, what happened, where, the remedy, the cause. */
export class ShimError extends Error {
  readonly code: ErrorCode;
  readonly where: string | undefined;
  readonly remedy: string;

  constructor(code: ErrorCode, message: string, options: ShimErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ShimError';
    this.code = code;
    this.where = options.where;
    this.remedy = options.remedy ?? ERROR_CODES[code].remedy;
    Object.defineProperty(this, BRAND, { value: true });
  }

  toJSON(): ErrorDocument {
    const { code, message, where, remedy } = this;
    return where === undefined ? { code, message, remedy } : { code, message, where, remedy };
  }
}

/** True for a {@link ShimError} of any copy of this module. */
export function isShimError(error: unknown): error is ShimError {
  return (
    typeof error === 'object' && error !== null && BRAND in error && isErrorCode((error as { code?: unknown }).code)
  );
}

/** Node's error of a write names no file. */
const FULL_DISK = 'Free space on the disk of the state directory.';

/** `error` itself if it is a {@link ShimError}, else one with `code` whose cause it is. */
export function asShimError(error: unknown, code: ErrorCode = 'SHIM_INTERNAL', where?: string): ShimError {
  if (isShimError(error)) return error;
  const message = error instanceof Error ? error.message : String(error);
  const { syscall, path, code: errno } = (error ?? {}) as { syscall?: unknown; path?: unknown; code?: unknown };
  if (code === 'SHIM_INTERNAL' && typeof syscall === 'string') {
    return new ShimError('SHIM_IO', message, {
      ...(typeof path === 'string' && { where: path }),
      ...((errno === 'ENOSPC' || errno === 'EDQUOT') && { remedy: FULL_DISK }),
      cause: error,
    });
  }
  return new ShimError(code, message, where === undefined ? { cause: error } : { cause: error, where });
}

/** The error that {@link ShimError.toJSON} made a document of. */
export function errorFromDocument(document: ErrorDocument): ShimError {
  const { code, message, where, remedy } = document;
  const known = isErrorCode(code) ? code : 'SHIM_INTERNAL';
  return new ShimError(known, message, where === undefined ? { remedy } : { remedy, where });
}
