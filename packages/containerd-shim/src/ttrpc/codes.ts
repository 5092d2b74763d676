/** Status codes of ttrpc: those of gRPC. */
export const CODE = {
  OK: 0,
  Canceled: 1,
  Unknown: 2,
  InvalidArgument: 3,
  DeadlineExceeded: 4,
  NotFound: 5,
  AlreadyExists: 6,
  PermissionDenied: 7,
  ResourceExhausted: 8,
  FailedPrecondition: 9,
  Aborted: 10,
  OutOfRange: 11,
  Unimplemented: 12,
  Internal: 13,
  Unavailable: 14,
  DataLoss: 15,
  Unauthenticated: 16,
} as const;

/** A call that failed, as it goes over the wire: thrown by handlers, and by the client. */
export class TtrpcError extends Error {
  constructor(
    /** One of {@link CODE}; a peer may send others. */
    readonly code: number,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'TtrpcError';
  }
}

/** What the peer is told of `error`: a {@link TtrpcError} as it is, anything else as Unknown. */
export function asTtrpcError(error: unknown): TtrpcError {
  if (error instanceof TtrpcError) return error;
  return new TtrpcError(CODE.Unknown, error instanceof Error ? error.message : String(error), { cause: error });
}
