import { withinOwnTime } from '../deadline.js';
import type { GapSet } from '../gaps/gap-set.js';
import type { Loss } from '../gaps/loss.js';
import type { ByStream } from '../pending/driver-account.js';
import { MemoryQueue } from '../queue/memory-queue.js';
import { pieceBytes, type Piece } from '../queue/piece.js';
import { QueuedBatch, type SpillPlace } from '../queue/queued-batch.js';
import { Signal } from '../queue/signal.js';
import type { SpillStore } from '../queue/spill-store.js';
import { decodeFrame, encodeFrame, frameSize } from './frame.js';
import { PlacedGaps } from './placed-gaps.js';
import { amountsIn, type Segment } from './segment.js';
import { SegmentList, type ReadPosition } from './segment-list.js';
import type { SpillOptions } from './spill-options.js';

/** A disk that was full is tried again so much later. */
const AGAIN_MS = 1_000;

/** Batches on disk, behind those in memory and before those that have not got there yet. */
export class Spill implements SpillStore {
  /** What an earlier shimd left, once that is known. */
  readonly recovered: Promise<ByStream>;
  trouble: string | undefined;
  onLoss: (loss: Loss) => void = () => undefined;
  onRoom: () => void = () => undefined;
  readonly #changed = new Signal();
  readonly #writing: MemoryQueue;
  readonly #segments: SegmentList;
  /** Where the next frame is read. */
  #readAt: ReadPosition | undefined;
  readonly #gaps = new PlacedGaps();
  #ready = false;
  /** What the last piece had no room in: on disk, or in memory on its way there. */
  #refusedBy: 'disk' | 'memory' | undefined;
  #busy = false;
  readonly #underway = new Set<Promise<void>>();
  #closed = false;
  #retry: NodeJS.Timeout | undefined;

  constructor(private readonly options: SpillOptions) {
    this.#writing = new MemoryQueue(options.memoryBytes, options.counters);
    this.#segments = new SegmentList(options.diskBytes);
    this.recovered = this.#recover();
  }

  get holds(): boolean {
    return !this.#ready || this.#writing.head !== undefined || this.#segments.unread(this.#readAt) !== undefined;
  }

  get behind(): boolean {
    return this.#refusedBy === 'memory' && this.trouble === undefined && !this.#closed;
  }

  offer(piece: Piece, gaps: GapSet, windowNs: bigint): boolean {
    this.#refusedBy = this.#refuses(piece, gaps, windowNs);
    if (this.#refusedBy === undefined) this.#write();
    return this.#refusedBy === undefined;
  }

  addGap(loss: Loss): void {
    this.#gaps.first.add(loss);
  }

  lastGaps(): GapSet {
    return this.#gaps.upTo(Infinity, 0);
  }

  dropOldest(reason: string, end: GapSet): Loss[] {
    if (this.#refusedBy !== 'disk') return this.#dropUnwritten(reason, end);
    const dropped = this.#segments.untouched(this.#readAt, this.#busy);
    if (dropped === undefined) return [];
    const losses = dropped.remains(reason);
    this.#gaps.move(dropped.number, losses);
    this.#drop(dropped);
    return losses;
  }

  async refill(memory: MemoryQueue): Promise<void> {
    await this.recovered;
    const unread = this.#segments.unread(this.#readAt);
    if (unread !== undefined) return this.#read(unread, memory);
    if (this.#writing.head !== undefined && !this.#writing.headBusy) {
      // Shorter than by the disk.
      memory.add(this.#writing.shift()!, this.lastGaps());
      return;
    }
    if (this.#writing.head !== undefined) await this.#changed.wait();
  }

  done(batch: QueuedBatch, records: number): void {
    const { place } = batch;
    if (place === undefined) return;
    const whole = batch.count === records;
    const cursor = {
      segment: place.segment,
      offset: whole ? place.end : place.start,
      records: whole ? 0 : batch.doneCount + records,
    };
    const { account } = this.options;
    const known = account.cursor;
    if (cursor.segment < known.segment || (cursor.segment === known.segment && cursor.offset < known.offset)) return;
    account.cursor = cursor;
    if (whole && !this.#closed) this.#removeDelivered(place);
  }

  /** Resolves when nothing is on its way to the disk, or can get there. */
  async written(): Promise<void> {
    while (this.#writing.head !== undefined && this.trouble === undefined && !this.#closed) await this.#changed.wait();
  }

  remains(reason: string, spilled: boolean): Loss[] {
    this.#closed = true;
    const losses = spilled ? this.#segments.all.flatMap((segment) => segment.remains(reason)) : [];
    for (let batch = this.#writing.shift(); batch !== undefined; batch = this.#writing.shift())
      losses.push(batch.lost(reason));
    return losses;
  }

  async close(keep: boolean): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#changed.notify();
    if (!keep) for (const segment of this.#segments.all) this.#remove(segment);
    await Promise.all(this.#underway);
    await this.options.files.close(!keep);
  }

  /** Takes it, or says what has no room for it. What is on its way takes less room on disk than in memory. */
  #refuses(piece: Piece, gaps: GapSet, windowNs: bigint): 'disk' | 'memory' | undefined {
    const { diskBytes, counters } = this.options;
    const needed = counters.spilledBytes + frameSize(piece.to - piece.from, pieceBytes(piece));
    if (this.#closed || needed > diskBytes) return 'disk';
    if (needed + this.#writing.cost > diskBytes) return 'memory';
    return this.#writing.push(piece, gaps, windowNs) ? undefined : 'memory';
  }

  /** While the disk does not answer within its bound there is trouble. */
  async #answered<T>(work: Promise<T>): Promise<T> {
    if (await withinOwnTime(this.options.timeoutMs, work)) return work;
    this.trouble = 'timeout';
    this.options.logger.error({}, 'the disk that records are spilled to does not answer');
    this.#progress();
    try {
      return await work;
    } finally {
      this.trouble = undefined;
    }
  }

  async #recover(): Promise<ByStream> {
    const { files, account, counters, logger } = this.options;
    try {
      const { cursor } = account;
      const found = await this.#answered(files.recover(cursor, account.dropped));
      this.#segments.restore(found, Math.max(cursor.segment, account.dropped.to));
      for (const { size } of found) counters.spilledBytes += size;
      const [first] = found;
      if (first?.number === cursor.segment) this.#readAt = { segment: first, offset: cursor.offset };
    } catch (error) {
      logger.error({ err: error }, 'spilled records cannot be read back');
    }
    this.#ready = true;
    this.#write();
    return amountsIn(this.#segments.all);
  }

  async #read(segment: Segment, memory: MemoryQueue): Promise<void> {
    const offset = this.#readAt?.segment === segment ? this.#readAt.offset : 0;
    this.#readAt = { segment, offset };
    try {
      const { bytes } = await this.options.files.read(segment.number, offset);
      if (this.#take(segment, bytes.subarray(0, segment.size - offset), memory) > 0) return;
      this.#giveUp(segment, 'spill broken');
    } catch (error) {
      this.options.logger.error({ err: error }, 'spilled records cannot be read back');
      this.#giveUp(segment, (error as NodeJS.ErrnoException).code ?? 'error');
    }
  }

  /** How many batches could be moved into memory. */
  #take(segment: Segment, bytes: Buffer, memory: MemoryQueue): number {
    const { cursor } = this.options.account;
    let [at, taken] = [0, 0];
    for (let frame = decodeFrame(bytes, 0); typeof frame === 'object'; frame = decodeFrame(bytes, at)) {
      const batch = new QueuedBatch({ batch: frame.batch, from: 0, to: frame.batch.count });
      if (!memory.hasRoom(batch.cost) || this.#closed) break;
      const start = this.#readAt!.offset;
      batch.place = { segment: segment.number, start, end: start + frame.length };
      if (segment.number === cursor.segment && start === cursor.offset) batch.advance(cursor.records);
      segment.take(batch.stream, { records: batch.count, bytes: batch.bytes });
      memory.add(batch, this.#gaps.upTo(segment.number, start));
      this.#readAt = { segment, offset: start + frame.length };
      at += frame.length;
      taken += 1;
    }
    return this.#closed ? 1 : taken;
  }

  /** What is left of the segment is lost. */
  #giveUp(segment: Segment, reason: string): void {
    for (const loss of segment.remains(reason)) this.onLoss(loss);
    this.#drop(segment);
    this.#readAt = { segment, offset: segment.size };
  }

  #write(): void {
    if (this.#busy || !this.#ready || this.#closed || this.trouble !== undefined) return;
    this.#busy = true;
    this.#work(
      this.#writeAll().finally(() => {
        this.#busy = false;
        this.#progress();
        // What came in the turn before.
        if (this.#writing.head !== undefined) this.#write();
      }),
    );
  }

  async #writeAll(): Promise<void> {
    const writing = this.#writing;
    for (let batch = writing.head; batch !== undefined && !this.#closed; batch = writing.head) {
      const frame = encodeFrame(batch.view());
      const segment = this.#segments.writable;
      writing.headBusy = true;
      try {
        await this.#answered(this.options.files.append(segment, frame));
      } catch (error) {
        writing.headBusy = false;
        this.#abandon(segment);
        return this.#fail(error);
      }
      writing.headBusy = false;
      if (this.#closed) return;
      this.#gaps.put(segment.number, segment.size, batch.gaps);
      segment.size += frame.length;
      segment.add(batch.view());
      this.options.counters.spilledBytes += frame.length;
      writing.shift();
      this.#progress();
    }
  }

  #dropUnwritten(reason: string, end: GapSet): Loss[] {
    const writing = this.#writing;
    const dropped = writing.dropOldest();
    if (dropped === undefined) return [];
    const loss = dropped.lost(reason);
    const next = writing.headBusy ? writing.head?.next : writing.head;
    for (const gap of [...(dropped.gaps?.take() ?? []), loss]) writing.addGap(gap, next, end);
    return [loss];
  }

  /** Half a frame may be at its end. */
  #abandon(segment: Segment): void {
    segment.sealed = true;
    if (segment.size === 0) this.#remove(segment);
  }

  #fail(error: unknown): void {
    if (this.#closed) return;
    this.options.logger.error({ err: error }, 'records cannot be spilled to disk');
    this.trouble = (error as NodeJS.ErrnoException).code ?? 'error';
    this.#retry = setTimeout(() => {
      this.trouble = undefined;
      this.#write();
    }, AGAIN_MS);
    this.#retry.unref();
  }

  #removeDelivered({ segment: number, end }: SpillPlace): void {
    const segment = this.#segments.all.find((one) => one.number === number);
    // One that is being written to may hold more than is known yet.
    if (segment === undefined || segment.size > end || (this.#busy && !segment.sealed)) return;
    this.#remove(segment);
  }

  #work(work: Promise<void>): void {
    this.#underway.add(work);
    void work.finally(() => this.#underway.delete(work));
  }

  #progress(): void {
    this.#changed.notify();
    this.onRoom();
  }

  /** It is counted as lost from now on: who is killed before the file is gone must not have it read. */
  #drop(segment: Segment): void {
    this.options.account.drop(segment.number);
    this.#remove(segment);
  }

  #remove(segment: Segment): void {
    this.#segments.remove(segment);
    this.options.counters.spilledBytes -= segment.size;
    this.onRoom();
    this.#work(this.options.files.remove(segment.number));
  }
}
