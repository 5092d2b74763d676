import type { LogBatch, StreamName } from './log-batch.js';

/** What {@link LogDriver.read} is asked for. */
export interface LogQuery {
  /** Streams wanted; both if left out. */
  readonly streams?: readonly StreamName[];
  /** At most so many last lines (logical lines: a run of partial records is one line). */
  readonly tail?: number;
  /** Nanoseconds since the epoch: records at or after it. */
  readonly since?: bigint;
  /** Nanoseconds since the epoch: records before it. */
  readonly until?: bigint;
  /**
   * Given: go on with what is written later, until the signal says that no more will be written; then read to the end
   * and return. Left out: return at the end of what is there.
   */
  readonly follow?: AbortSignal;
}

/** One record read back. */
export interface LogEntry {
  readonly type: 'entry';
  readonly stream: StreamName;
  /** Nanoseconds since the epoch; undefined for formats that keep no time. */
  readonly time: bigint | undefined;
  /** Without newline. */
  readonly bytes: Buffer;
  readonly partial: boolean;
}

/** A place where records are missing. */
export interface LogGap {
  readonly type: 'gap';
  /** Records missing, if known. */
  readonly records: number | undefined;
  readonly reason: string;
}

/** Why {@link LogDriver.close} is called: the container was drained, it was removed, or shimd leaves and comes back. */
export type LogCloseReason = 'drained' | 'deleted' | 'restart';

/**
 * Where the output of one container goes. The host owns pipes, splitting, timestamps, queue, overflow and deadlines.
 *
 * `create` only stores; `open` does the work and comes before the first `write`; one that failed after a restart of shimd is tried again.
 * Calls never overlap.
 * An absent method means that the driver does not support the operation.
 */
export interface LogDriver {
  /** Most records of one `write`: for a driver that would need too long for more. Larger batches come in pieces. */
  readonly batchRecords?: number;
  open?(signal: AbortSignal): Promise<void>;
  /**
   * Takes all records of the batch. A promise is back-pressure. A rejection means that none of the records that
   * the driver did not take will be sent again: the host counts the batch as lost, or `error.lost` records if it is a number.
   */
  write(batch: LogBatch): void | Promise<void>;
  /** Resolves when everything taken so far can be read back. */
  flush(signal: AbortSignal): Promise<void>;
  /** `lost`: records taken by `write` that did not reach their place. */
  close(reason: LogCloseReason, signal: AbortSignal): Promise<{ lost: number }>;
  /** Opens its files anew, at a record boundary. */
  reopen?(): Promise<void>;
  /** Reads back, oldest first; needs no `open`, and works while another process writes. */
  read?(query: LogQuery, signal: AbortSignal): AsyncIterable<LogEntry | LogGap>;
}
