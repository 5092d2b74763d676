import type { LogBatch } from '../../plugin/log-batch.js';

/** The records of `batch` from `from` up to `to`, without it. */
export interface Piece {
  readonly batch: LogBatch;
  readonly from: number;
  readonly to: number;
}

/** Where in the batch's bytes the record `record` begins. */
export function endBefore(ends: Uint32Array, record: number): number {
  return record === 0 ? 0 : ends[record - 1]!;
}

export function pieceBytes({ batch: { ends }, from, to }: Piece): number {
  return endBefore(ends, to) - endBefore(ends, from);
}

/** Records from `from` on: as many as cost at most `most` bytes of memory, and at least one. */
export function pieceFrom(batch: LogBatch, from: number, most: number): Piece {
  const costTo = (to: number): number => pieceBytes({ batch, from, to }) + (to - from) * Uint32Array.BYTES_PER_ELEMENT;
  if (costTo(batch.count) <= most) return { batch, from, to: batch.count };
  let least = from + 1;
  let beyond = batch.count;
  while (beyond - least > 1) {
    const middle = (least + beyond) >> 1;
    if (costTo(middle) <= most) least = middle;
    else beyond = middle;
  }
  return { batch, from, to: least };
}
