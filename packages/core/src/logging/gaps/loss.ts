import type { LogBatch } from '../../plugin/log-batch.js';
import type { LogLoss } from '../../plugin/log-driver.js';
import { endBefore } from '../queue/piece.js';

/** Records of one stream that a driver did not get. */
export interface Loss extends LogLoss {
  /** `sequence` of the stream's next record. */
  readonly next: number;
}

/** The records of `batch` from `from` up to `to`, without it, as lost. */
export function lossOf(batch: LogBatch, from: number, to: number, reason: string): Loss {
  const { stream, time, sequence } = batch;
  const bytes = endBefore(batch.ends, to) - endBefore(batch.ends, from);
  return { stream, records: to - from, bytes, reason, from: time, to: time, next: sequence + to };
}

/** Both as one. */
export function mergeLosses(a: Loss, b: Loss, reason = a.reason): Loss {
  return {
    stream: a.stream,
    records: a.records + b.records,
    bytes: a.bytes + b.bytes,
    reason,
    from: a.from < b.from ? a.from : b.from,
    to: a.to > b.to ? a.to : b.to,
    next: Math.max(a.next, b.next),
  };
}
