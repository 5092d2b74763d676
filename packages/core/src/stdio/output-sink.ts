import type { LogBatch, StreamName } from '../plugin/log-batch.js';
import type { Loss } from '../logging/gaps/loss.js';
import type { MoveRecords } from './pipe-mover.js';

/** Takes what a stream brings. */
export interface OutputSink {
  /**
   * Bytes as they came, each once, records or not, before `records` gets them. `bytes` is valid until this returns: what
   * must wait is copied. A promise is back-pressure.
   */
  raw(stream: StreamName, bytes: Buffer): Promise<void> | undefined;
  /**
   * Whole records. Resolves when they are where a kill of shimd can't lose them: only then they leave the pipe.
   * Resolves to false if something may still use the buffer.
   */
  records(batch: LogBatch): Promise<boolean>;
  /** Lets a driver take records out of the pipe without `raw` and `records`; undefined if it can't now, or `raw` is wanted. */
  readonly move?: MoveRecords | undefined;
  /** Counts records that the rate limit has dropped: they come to no `records`. */
  readonly lose?: ((loss: Loss) => void) | undefined;
}
