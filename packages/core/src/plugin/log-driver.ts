import type { MovedRecords, RecordPipe } from './file-lane.js';
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
  /** Their bytes, if known. */
  readonly bytes?: number;
  /** Nanoseconds since the epoch, if known. */
  readonly time?: bigint;
  /** Whose records are missing; left out: not known, or both. */
  readonly stream?: StreamName;
  readonly reason: string;
}

/** Records that the host could not give to a driver. */
export interface LogLoss {
  /** Of one stream each. */
  readonly stream: StreamName;
  readonly records: number;
  /** Their own bytes, newlines included. */
  readonly bytes: number;
  /** A few words: `queue full`, `timeout`, `rate limit`, `ENOSPC`, … */
  readonly reason: string;
  /** Nanoseconds since the epoch: when the first and the last of them were read. */
  readonly from: bigint;
  readonly to: bigint;
}

/** Why {@link LogDriver.close} is called: the container was drained, it was removed, or shimd leaves and comes back. */
export type LogCloseReason = 'drained' | 'deleted' | 'restart';

/** What {@link LogDriver.write} may add to the error that it rejects with. */
export interface LogWriteFailure {
  /** How many records, the last ones of the batch, were not taken; all if left out. */
  readonly lost?: number;
  /** True: it may work later (refused, reset, throttled). False or left out: it never will. */
  readonly retry?: boolean;
}

/**
 * Where the output of one container goes. The host owns pipes, splitting, timestamps, queue, overflow and deadlines.
 *
 * `create` only stores; `open` does the work and comes before the first `write`; one that failed after a restart of shimd is tried again.
 * Calls never overlap.
 * An absent method means that the driver does not support the operation.
 */
export interface LogDriver {
  /**
   * True: what `write` has taken survives a kill of shimd, and `write` takes no longer than a local disk, so that no queue is
   * wanted: bytes stay in the container's pipe until it is done. Left out: a queue stands before it, by the config's `queue`.
   */
  readonly local?: boolean;
  /** Most records of one `write`: for a driver that would need too long for more. Larger batches come in pieces. */
  readonly batchRecords?: number;
  open?(signal: AbortSignal): Promise<void>;
  /**
   * Takes all records of the batch. A promise is back-pressure. A rejection: the last `error.lost` records, or all of them if that is
   * no number, were not taken. The host counts them as lost, unless `error.retry` is true: then it gives them again, as another
   * batch, after a pause, for as long as its queue has room. See {@link LogWriteFailure}.
   */
  write(batch: LogBatch): void | Promise<void>;
  /**
   * For local files whose records are the container's bytes, plain or in the CRI's frame: moves as many records as it likes, or none, from
   * the pipe to its file with `FileLane.move`. The host asks for it when much comes, and hands what is left, or fails, to `write`.
   */
  direct?(pipe: RecordPipe): Promise<MovedRecords>;
  /**
   * Writes down, where its reader sees it, that records are missing here; comes between two calls of `write`, a loss for each stream and
   * reason. Left out: the host writes a record of its own, `holdfast: 3 records (120 bytes) lost: queue full`.
   */
  gap?(loss: LogLoss): void | Promise<void>;
  /** Resolves when everything taken so far can be read back. */
  flush(signal: AbortSignal): Promise<void>;
  /** `lost`: records taken by `write` that did not reach their place. */
  close(reason: LogCloseReason, signal: AbortSignal): Promise<{ lost: number }>;
  /** Opens its files anew, at a record boundary. */
  reopen?(): Promise<void>;
  /** Reads back, oldest first; needs no `open`, and works while another process writes. */
  read?(query: LogQuery, signal: AbortSignal): AsyncIterable<LogEntry | LogGap>;
}
