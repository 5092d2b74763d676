import type { MovedRecords, RecordPipe } from '../plugin/file-lane.js';
import type { LogBatch } from '../plugin/log-batch.js';
import type { LogCloseReason, LogDriver } from '../plugin/log-driver.js';
import type { Loss } from './gaps/loss.js';

/** Where the fan-out sends batches: a driver, with or without a queue before it. */
export interface Outlet {
  /** Unique among the drivers of one container. */
  readonly name: string;
  readonly driver: LogDriver;
  /** Rejects with the driver's error, or SHIM_LOG_OPEN if it takes too long. */
  open(): Promise<void>;
  /** For a container that runs already: a driver that can't be opened now is opened later. */
  openOrLater(): Promise<void>;
  /** Settles when the batch is written, waits in a queue, or was counted as lost; to true if something may still use its buffer. */
  write(batch: LogBatch): Promise<boolean> | boolean;
  /**
   * Lets the driver move records out of the pipe; undefined if it can't now: `write` is the way then, and meets its errors. Left out: it
   * never can.
   */
  direct?(pipe: RecordPipe): Promise<MovedRecords | undefined>;
  /** All outlets have the batch, and it leaves the pipe: from now on a kill loses what waits of it. */
  committed(batch: LogBatch): void;
  /** Records that no driver is to get. */
  lose(loss: Loss): void;
  /** The container has ended: nothing waits longer than a call of a driver may take. */
  ending(): void;
  flush(): Promise<void>;
  close(reason: LogCloseReason): Promise<void>;
  /** Between two writes. Rejects with the driver's error, SHIM_LOG_OPEN in a hang, or SHIM_ILLEGAL_STATE if it is closed. */
  reopen(): Promise<void>;
}
