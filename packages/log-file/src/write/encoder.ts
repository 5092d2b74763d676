import type { FileLane, LogBatch, MoveOptions } from '@holdfast/core/plugin';

/** Records of a batch, `from` to `to` without `to`, which take `size` bytes in the file. */
export interface Span {
  readonly from: number;
  readonly to: number;
  readonly size: number;
}

/** What records are to fit into. */
export interface Room {
  /** Bytes. */
  readonly room: number;
  /** True: the first record is taken even if it is larger. */
  readonly atLeastOne: boolean;
}

/** Turns records into the bytes of the file. One for each driver: it may remember the span that it fitted last. */
export interface RecordEncoder {
  /** True if every record ends in a newline, also a partial one. A file that ends otherwise is torn. */
  readonly terminates: boolean;
  /** How the lane frames records that it moves on its own; left out: it can't move records of this format. */
  readonly moved?: Pick<MoveOptions, 'framed' | 'offset'>;
  /** The records from `from` on that fit into a file, at most {@link SPAN_LIMIT} bytes or one record; none if the first does not. */
  fit(batch: LogBatch, from: number, room: Room): Span;
  /** Writes exactly `span.size` bytes at the end of the file; `span` is what {@link fit} gave last. Rejects as the lane does. */
  write(file: LaneFile, batch: LogBatch, span: Span): Promise<void>;
  /** Of a span of which only the first `written` bytes were written: the records that are whole in the file. */
  whole(batch: LogBatch, span: Span, written: number): Span;
}

/** An open file and the lane that writes it. */
export interface LaneFile {
  readonly lane: FileLane;
  readonly fd: number;
}

/** Most bytes of one write, unless a single record is larger. */
export const SPAN_LIMIT = 1 << 20;
