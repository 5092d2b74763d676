/** Which of the container's streams a record came from. With a terminal everything is `stdout`. */
export type StreamName = 'stdout' | 'stderr';

/** One record, a view that is made when asked for. */
export interface LogRecord {
  readonly stream: StreamName;
  /** Nanoseconds since the epoch at which the shim read the bytes. */
  readonly time: bigint;
  /** Counts the records of a container's stream from 0; a restart of shimd starts a new count. */
  readonly sequence: number;
  /** The bytes without their newline, unchanged otherwise. */
  readonly bytes: Buffer;
  /** True if the line goes on in the next record of the stream (or the stream ended without a newline). */
  readonly partial: boolean;
}

/**
 * Whole records of one stream, read at one moment.
 *
 * Record `i` is `bytes[i === 0 ? 0 : ends[i - 1] .. ends[i])` and includes its newline; a record without one is partial.
 * Everything is valid until the promise of `LogDriver.write` settles: `retain()` what must live longer.
 */
export interface LogBatch {
  readonly stream: StreamName;
  /** Nanoseconds since the epoch, one for all records. */
  readonly time: bigint;
  /** {@link LogRecord.sequence} of record 0. */
  readonly sequence: number;
  readonly count: number;
  /** Exactly the bytes of all records, in order. */
  readonly bytes: Buffer;
  /** At least `count` entries: where each record ends in `bytes`. */
  readonly ends: Uint32Array;
  /** True if record `i` has no newline. */
  partial(i: number): boolean;
  record(i: number): LogRecord;
  /** A copy that stays valid. */
  retain(): LogBatch;
}
