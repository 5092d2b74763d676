import type { FileLane, LogBatch } from '@holdfast/core/plugin';

/** Records of a batch, `from` to `to` without `to`, which take `size` bytes in the file. */
export interface Span {
  readonly from: number;
  readonly to: number;
  readonly size: number;
}

/** Turns records into the bytes of the file. */
export interface RecordEncoder {
  /** Bytes that a record takes in the file besides its own. */
  readonly headerSize: number;
  /** True if every record ends in a newline, also a partial one. A file that ends otherwise is torn. */
  readonly terminates: boolean;
  /** Writes exactly `span.size` bytes at the end of the file. Rejects as the lane does. */
  write(file: LaneFile, batch: LogBatch, span: Span): Promise<void>;
}

/** An open file and the lane that writes it. */
export interface LaneFile {
  readonly lane: FileLane;
  readonly fd: number;
}

/** Most bytes of one write, unless a single record is larger. */
export const SPAN_LIMIT = 1 << 20;

/** Bytes that record `i` takes in the file. */
export function recordSize(batch: LogBatch, i: number, encoder: RecordEncoder): number {
  const { bytes, ends } = batch;
  const start = i === 0 ? 0 : ends[i - 1]!;
  const end = ends[i]!;
  const partial = end === start || bytes[end - 1] !== 10;
  return end - start + encoder.headerSize + (partial && encoder.terminates ? 1 : 0);
}

/** What {@link fit} fits records into. */
export interface Room {
  readonly encoder: RecordEncoder;
  /** Bytes. */
  readonly room: number;
  /** True: the first record is taken even if it is larger. */
  readonly atLeastOne: boolean;
}

/** The records from `from` on that fit into a file; none if the first does not. */
export function fit(batch: LogBatch, from: number, { encoder, room, atLeastOne }: Room): Span {
  const limit = Math.min(room, SPAN_LIMIT);
  let size = 0;
  let to = from;
  while (to < batch.count) {
    const next = recordSize(batch, to, encoder);
    if (size + next > limit && !(size === 0 && (atLeastOne || next <= room))) break;
    size += next;
    to++;
  }
  return { from, to, size };
}

/** How much of a span was written. */
export interface Written {
  readonly encoder: RecordEncoder;
  /** Bytes. */
  readonly written: number;
}

/** Of a span of which only a part was written: the records that are whole in the file. */
export function wholeRecords(batch: LogBatch, span: Span, { encoder, written }: Written): Span {
  let size = 0;
  let to = span.from;
  while (to < span.to) {
    const next = recordSize(batch, to, encoder);
    if (size + next > written) break;
    size += next;
    to++;
  }
  return { from: span.from, to, size };
}
