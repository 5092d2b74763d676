import type { LogBatch } from '@holdfast/core/plugin';
import { SPAN_LIMIT, type Room, type Span } from './encoder.js';

/** What each record gets in a format that leaves its bytes as they are. */
export interface Frame {
  /** Bytes that a record takes in the file besides its own. */
  readonly headerSize: number;
  /** True if a partial record gets a newline. */
  readonly terminates: boolean;
}

/** Bytes that record `i` takes in the file. */
export function recordSize(batch: LogBatch, i: number, frame: Frame): number {
  const { bytes, ends } = batch;
  const start = i === 0 ? 0 : ends[i - 1]!;
  const end = ends[i]!;
  const partial = end === start || bytes[end - 1] !== 10;
  return end - start + frame.headerSize + (partial && frame.terminates ? 1 : 0);
}

/** `RecordEncoder.fit` for records in a frame. */
export function fit(batch: LogBatch, from: number, { frame, room, atLeastOne }: Room & { frame: Frame }): Span {
  const limit = Math.min(room, SPAN_LIMIT);
  let size = 0;
  let to = from;
  while (to < batch.count) {
    const next = recordSize(batch, to, frame);
    if (size + next > limit && !(size === 0 && (atLeastOne || next <= room))) break;
    size += next;
    to++;
  }
  return { from, to, size };
}

/** `RecordEncoder.whole` for records in a frame. */
export function wholeRecords(batch: LogBatch, span: Span, { frame, written }: { frame: Frame; written: number }): Span {
  let size = 0;
  let to = span.from;
  while (to < span.to) {
    const next = recordSize(batch, to, frame);
    if (size + next > written) break;
    size += next;
    to++;
  }
  return { from: span.from, to, size };
}
