import type { GapSet } from '../gaps/gap-set.js';
import { lossOf, type Loss } from '../gaps/loss.js';
import type { LogBatch, StreamName } from '../../plugin/log-batch.js';
import { LogBatchView } from '../../stdio/log-batch-view.js';
import { endBefore, pieceBytes, type Piece } from './piece.js';

/** What the objects of one batch cost in memory, measured: itself, two typed arrays with their stores, the time. */
export const BATCH_COST = 768;
/** What a set of losses before a batch costs. */
export const GAPS_COST = 512;
export const END_BYTES = Uint32Array.BYTES_PER_ELEMENT;
/** Least room for bytes, or for ends, of one that is added to. */
const LEAST_ROOM = 128;
/** Room beyond what is needed, at most. */
const MOST_SPARE = 16 << 10;

/** Where a batch lies in spilled segments. */
export interface SpillPlace {
  readonly segment: number;
  readonly start: number;
  readonly end: number;
}

/** A copy of records of one stream, read at one moment or nearly so, that waits. */
export class QueuedBatch {
  next: QueuedBatch | undefined;
  /** Lost right before it. */
  gaps: GapSet | undefined;
  /** Set if it is on disk too. */
  place: SpillPlace | undefined;
  readonly stream: StreamName;
  readonly time: bigint;
  readonly #sequence: number;
  #count: number;
  #bytes: Buffer;
  #ends: Uint32Array;
  /** Records that the driver has taken, or that are lost. */
  #done = 0;

  constructor(piece: Piece) {
    const { batch, from, to } = piece;
    this.stream = batch.stream;
    this.time = batch.time;
    this.#sequence = batch.sequence + from;
    this.#count = to - from;
    // Not from Node's pool, of which a small piece would keep a whole block alive.
    this.#bytes = Buffer.allocUnsafeSlow(pieceBytes(piece));
    this.#ends = new Uint32Array(to - from);
    copyPiece(piece, this.#bytes, this.#ends);
  }

  /** Records that are left. */
  get count(): number {
    return this.#count - this.#done;
  }

  /** Records that are done with. */
  get doneCount(): number {
    return this.#done;
  }

  /** Bytes of these that are left. */
  get bytes(): number {
    return this.#end(this.#count) - this.#end(this.#done);
  }

  /** Bytes of memory. */
  get cost(): number {
    const gaps = this.gaps === undefined ? 0 : GAPS_COST;
    return BATCH_COST + gaps + this.#bytes.length + this.#ends.length * END_BYTES;
  }

  /** How many more bytes of memory it would take for `piece` to be added to it. */
  growth(piece: Piece): number {
    const bytes = this.#bytesFor(piece);
    const ends = this.#endsFor(piece);
    return bytes - this.#bytes.length + (ends - this.#ends.length) * END_BYTES;
  }

  /** True if the records of `piece` come right after its own. */
  continuedBy({ batch, from }: Piece): boolean {
    return batch.stream === this.stream && batch.sequence + from === this.#sequence + this.#count;
  }

  append(piece: Piece): void {
    const used = this.#end(this.#count);
    const bytes = enlarged(this.#bytes, used, this.#bytesFor(piece));
    const room = this.#endsFor(piece);
    if (room !== this.#ends.length) {
      const ends = new Uint32Array(room);
      ends.set(this.#ends.subarray(0, this.#count));
      this.#ends = ends;
    }
    this.#bytes = bytes;
    copyPiece(piece, bytes.subarray(used), this.#ends.subarray(this.#count));
    const first = this.#count;
    this.#count += piece.to - piece.from;
    for (let i = first; i < this.#count; i++) this.#ends[i]! += used;
  }

  /** The records that are left, at most so many of them. */
  view(most = Infinity): LogBatch {
    const start = this.#end(this.#done);
    const count = Math.min(most, this.count);
    const last = this.#done + count;
    const ends = this.#ends.subarray(this.#done, last);
    const bytes = this.#bytes.subarray(start, this.#end(last));
    const own = start === 0 ? ends : ends.map((end) => end - start);
    return new LogBatchView({ ...this.#head(), count, bytes, ends: own });
  }

  /** So many of the records that are left are done with. */
  advance(records: number): void {
    this.#done += records;
  }

  /** All that is left, but for the first records, as lost. */
  lost(reason: string, first = 0): Loss {
    const view = this.view();
    return lossOf(view, first, view.count, reason);
  }

  #head(): Pick<LogBatch, 'stream' | 'time' | 'sequence'> {
    return { stream: this.stream, time: this.time, sequence: this.#sequence + this.#done };
  }

  #end(record: number): number {
    return endBefore(this.#ends, record);
  }

  #bytesFor(piece: Piece): number {
    return roomFor(this.#bytes.length, this.#end(this.#count) + pieceBytes(piece));
  }

  #endsFor({ from, to }: Piece): number {
    return roomFor(this.#ends.length, this.#count + to - from);
  }
}

/** Doubles, so that many small pieces are not copied again and again. */
function roomFor(room: number, needed: number): number {
  return needed <= room ? room : Math.max(needed, Math.min(2 * room, needed + MOST_SPARE), LEAST_ROOM);
}

function enlarged(bytes: Buffer, used: number, room: number): Buffer {
  if (room === bytes.length) return bytes;
  const larger = Buffer.allocUnsafeSlow(room);
  bytes.copy(larger, 0, 0, used);
  return larger;
}

function copyPiece({ batch, from, to }: Piece, bytes: Buffer, ends: Uint32Array): void {
  const start = endBefore(batch.ends, from);
  batch.bytes.copy(bytes, 0, start, endBefore(batch.ends, to));
  ends.set(batch.ends.subarray(from, to));
  if (start !== 0) for (let i = 0; i < to - from; i++) ends[i]! -= start;
}
