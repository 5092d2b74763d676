import type { LogBatch, StreamName } from '../../plugin/log-batch.js';

/** Keeps, where a kill of shimd does not reach it, what a driver was to get and what it got. */
export interface DriverAccount {
  /** It is out of the container's pipe: the driver's queue has it, or it is counted as lost. */
  offered(stream: StreamName, records: number, bytes: number): void;
  /** The driver has taken the first `records` of the batch. */
  delivered(batch: LogBatch, records: number): void;
}
