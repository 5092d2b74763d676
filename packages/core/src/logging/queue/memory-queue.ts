import type { DriverCounters } from '../../metrics/counters.js';
import { GapSet } from '../gaps/gap-set.js';
import type { Loss } from '../gaps/loss.js';
import { pieceBytes, type Piece } from './piece.js';
import { BATCH_COST, END_BYTES, QueuedBatch } from './queued-batch.js';

/** Small pieces of a stream are joined up to this size, in memory. */
const JOINED_BYTES = 64 << 10;

/** Batches in the order in which they came, bounded in bytes of memory. An empty one takes anything, so that nothing is too large. */
export class MemoryQueue {
  /** Bytes of memory. */
  cost = 0;
  /** The oldest is in use: it is neither dropped nor added to. */
  headBusy = false;
  head: QueuedBatch | undefined;
  #tail: QueuedBatch | undefined;

  /** `counters`: where it shows how much waits. */
  constructor(
    readonly limit: number,
    private readonly counters: Pick<DriverCounters, 'queuedRecords' | 'queuedBytes'>,
  ) {}

  /** Copies the piece; false if there is no room. `windowNs`: how much older than it the batch may be that it is joined to. */
  push(piece: Piece, gaps: GapSet, windowNs = 0n): boolean {
    const tail = this.#tail;
    const joins =
      tail !== undefined &&
      gaps.empty &&
      !(this.headBusy && tail === this.head) &&
      tail.place === undefined &&
      tail.continuedBy(piece) &&
      piece.batch.time - tail.time <= windowNs;
    if (joins && tail.cost + tail.growth(piece) <= JOINED_BYTES) {
      const growth = tail.growth(piece);
      if (this.cost + growth > this.limit) return false;
      tail.append(piece);
      this.cost += growth;
      this.#count(piece.to - piece.from, pieceBytes(piece));
      return true;
    }
    const needed = BATCH_COST + pieceBytes(piece) + (piece.to - piece.from) * END_BYTES;
    if (!this.hasRoom(needed)) return false;
    this.add(new QueuedBatch(piece), gaps);
    return true;
  }

  hasRoom(bytes: number): boolean {
    return this.head === undefined || this.cost + bytes <= this.limit;
  }

  /** Whatever room there is. Takes what is in `gaps`: it is lost right before the batch. */
  add(batch: QueuedBatch, gaps: GapSet): void {
    if (!gaps.empty) {
      batch.gaps ??= new GapSet();
      batch.gaps.addAll(gaps);
    }
    if (this.#tail === undefined) this.head = batch;
    else this.#tail.next = batch;
    this.#tail = batch;
    this.cost += batch.cost;
    this.#count(batch.count, batch.bytes);
  }

  /** The first records of the oldest batch are done with. */
  advance(records: number): void {
    const head = this.head!;
    const before = head.bytes;
    head.advance(records);
    this.#count(-records, head.bytes - before);
  }

  shift(): QueuedBatch | undefined {
    const head = this.head;
    if (head === undefined) return undefined;
    this.head = head.next;
    if (this.head === undefined) this.#tail = undefined;
    this.#forget(head);
    return head;
  }

  /** The oldest that is not in use. */
  dropOldest(): QueuedBatch | undefined {
    if (!this.headBusy) return this.shift();
    const second = this.head?.next;
    if (second === undefined) return undefined;
    this.head!.next = second.next;
    if (second === this.#tail) this.#tail = this.head;
    this.#forget(second);
    return second;
  }

  /** Puts a loss before the batch, or at the `end` if there is none. */
  addGap(loss: Loss, at: QueuedBatch | undefined, end: GapSet): void {
    if (at === undefined) return end.add(loss);
    const before = at.cost;
    at.gaps ??= new GapSet();
    at.gaps.add(loss);
    this.cost += at.cost - before;
  }

  /** They have been told. */
  clearGaps(batch: QueuedBatch): void {
    const before = batch.cost;
    batch.gaps = undefined;
    this.cost += batch.cost - before;
  }

  #forget(batch: QueuedBatch): void {
    batch.next = undefined;
    this.cost -= batch.cost;
    this.#count(-batch.count, -batch.bytes);
  }

  #count(records: number, bytes: number): void {
    this.counters.queuedRecords += records;
    this.counters.queuedBytes += bytes;
  }
}
