import type { LogBatch } from '../../plugin/log-batch.js';
import type { WriteFailure } from '../write-failure.js';
import type { QueuedBatch } from './queued-batch.js';

/** Records that a driver has been given. */
export interface Flight {
  readonly batch: QueuedBatch;
  /** Its first records. */
  readonly view: LogBatch;
  /** Left out: there is none, or the time for it was up. */
  answer?: { readonly failure: WriteFailure | undefined };
}
