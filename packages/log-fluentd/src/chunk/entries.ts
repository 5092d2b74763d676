import type { LogBatch } from '@holdfast/core/plugin';
import { STR_HEADER_BYTES, writeStrHeader } from '../msgpack/pack.js';
import type { EntryHead } from '../record/entry-head.js';
import { PIECE_BYTES, type OpenLine } from '../record/open-line.js';

/** What a record takes at most besides its head and its own bytes. */
const REST_BYTES = STR_HEADER_BYTES + PIECE_BYTES;
/** Of a chunk, by the most that its records could take. Receivers have limits: Fluent Bit takes 6 MB, if not told otherwise. */
const CHUNK_BYTES = 1 << 20;
const NEWLINE = 10;

/** What entries of one stream begin with. */
export interface EntryHeads {
  readonly whole: EntryHead;
  /** For pieces of a line, which have more fields. */
  readonly piece: EntryHead;
}

/** Records of a batch, from `from` up to `to`, without it. */
export interface Span {
  readonly batch: LogBatch;
  readonly from: number;
  readonly to: number;
}

/** As many records from `from` on as fit into a chunk, but one at least. The same records make the same chunk whenever they come. */
export function spanFrom(batch: LogBatch, from: number, heads: EntryHeads): Span {
  let to = from + 1;
  while (to < batch.count && roomFor({ batch, from, to: to + 1 }, heads) <= CHUNK_BYTES) to++;
  return { batch, from, to };
}

/** Bytes that the entries take at most. */
export function roomFor({ batch, from, to }: Span, { piece }: EntryHeads): number {
  return (to - from) * (piece.bytes.length + REST_BYTES) + batch.ends[to - 1]! - beginOf(batch, from);
}

/**
 * Writes the entries of the records from `at` on, where there is {@link roomFor} them; returns their end. Allocates nothing for a line: the
 * records are laid at the end of the room, and each is moved down to its place. What is left to write is never less than what is left to
 * read, so no entry reaches a record that was not moved yet.
 */
export function writeEntries(
  to: Buffer,
  start: number,
  span: Span,
  form: { heads: EntryHeads; line: OpenLine },
): number {
  const { batch } = span;
  const { heads, line } = form;
  const begin = beginOf(batch, span.from);
  const raw = start + roomFor(span, heads) - (batch.ends[span.to - 1]! - begin);
  batch.bytes.copy(to, raw, begin, batch.ends[span.to - 1]);
  let read = raw;
  let at = start;
  for (let i = span.from; i < span.to; i++) {
    const end = raw + batch.ends[i]! - begin;
    const partial = end === read || to[end - 1] !== NEWLINE;
    const stop = partial ? end : end - 1;
    const isPiece = partial || line.isOpen;
    const head = isPiece ? heads.piece.bytes : heads.whole.bytes;
    to.set(head, at);
    at = writeStrHeader(to, at + head.length, stop - read);
    to.copyWithin(at, read, stop);
    at += stop - read;
    read = end;
    if (isPiece) at += to.write(line.fields(batch.sequence + i, partial), at, 'latin1');
  }
  return at;
}

function beginOf({ ends }: LogBatch, i: number): number {
  return i === 0 ? 0 : ends[i - 1]!;
}
