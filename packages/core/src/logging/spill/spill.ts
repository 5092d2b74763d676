import type { GapSet } from '../gaps/gap-set.js';
import { mergeLosses, type Loss } from '../gaps/loss.js';
import type { ByStream } from '../pending/driver-account.js';
import { MemoryQueue } from '../queue/memory-queue.js';
import { pieceBytes, type Piece } from '../queue/piece.js';
import { QueuedBatch, type SpillPlace } from '../queue/queued-batch.js';
import { Signal } from '../queue/signal.js';
import type { SpillStore } from '../queue/spill-store.js';
import { decodeFrame, encodeFrame } from './frame.js';
import { PlacedGaps } from './placed-gaps.js';
import { amountsIn, Segment } from './segment.js';
import type { SpillOptions } from './spill-options.js';

const LEAST_SEGMENT = 64 << 10;
const MOST_SEGMENT = 8 << 20;
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
  #segments: Segment[] = [];
  /** Where the next frame is read. */
  #readAt: { segment: Segment; offset: number } | undefined;
  readonly #gaps = new PlacedGaps();
  #next = 1;
  #ready = false;
  /** What the last piece that was refused had no room in: on disk, or in memory on its way there. */
  #diskFull = false;
  #busy = false;
  readonly #underway = new Set<Promise<void>>();
  #closed = false;
  #retry: NodeJS.Timeout | undefined;

  constructor(private readonly options: SpillOptions) {
    this.#writing = new MemoryQueue(options.memoryBytes, options.counters);
    this.recovered = this.#recover();
  }

  get holds(): boolean {
    return !this.#ready || this.#writing.head !== undefined || this.#unread !== undefined;
  }

  offer(piece: Piece, gaps: GapSet, windowNs: bigint): boolean {
    const { diskBytes } = this.options;
    const size = pieceBytes(piece) + 4 * (piece.to - piece.from);
    this.#diskFull = this.#diskBytes + this.#writing.cost + size > diskBytes;
    if (this.#closed || this.#diskFull) return false;
    if (!this.#writing.push(piece, gaps, windowNs)) return false;
    this.#write();
    return true;
  }

  addGap(loss: Loss): void {
    this.#gaps.first.add(loss);
  }

  dropOldest(reason: string, end: GapSet): Loss[] {
    const read = this.#readAt?.segment.number ?? 0;
    const at = this.#segments.findIndex(({ sealed, number }) => sealed && number > read);
    const [dropped] = at === -1 || !this.#diskFull ? [] : this.#segments.splice(at, 1);
    if (dropped === undefined) return this.#dropUnwritten(reason, end);
    const losses = dropped.remains(reason);
    this.#gaps.move(dropped.number, losses);
    this.#remove(dropped);
    return losses;
  }

  async refill(memory: MemoryQueue): Promise<void> {
    await this.recovered;
    const unread = this.#unread;
    if (unread !== undefined) return this.#read(unread, memory);
    if (this.#writing.head !== undefined && !this.#writing.headBusy) {
      // Shorter than by the disk.
      memory.add(this.#writing.shift()!, this.#gaps.first);
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
    if (whole) this.#removeDelivered(place);
  }

  /** Resolves when nothing is on its way to the disk, or can get there. */
  async written(): Promise<void> {
    while (this.#writing.head !== undefined && this.trouble === undefined && !this.#closed) await this.#changed.wait();
  }

  remains(reason: string, spilled: boolean): Loss[] {
    this.#closed = true;
    const losses: Loss[] = [];
    const add = (loss: Loss): void => {
      const at = losses.findIndex(({ stream }) => stream === loss.stream);
      if (at === -1) losses.push(loss);
      else losses[at] = mergeLosses(losses[at]!, loss);
    };
    if (spilled) for (const segment of this.#segments) segment.remains(reason).forEach(add);
    for (let batch = this.#writing.shift(); batch !== undefined; batch = this.#writing.shift()) add(batch.lost(reason));
    return losses;
  }

  async close(keep: boolean): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#changed.notify();
    if (!keep) for (const segment of this.#segments.splice(0)) this.#remove(segment);
    await Promise.all(this.#underway);
    await this.options.files.close(!keep);
  }

  get #diskBytes(): number {
    return this.options.counters.spilledBytes;
  }

  /** The segment that the next frame is in; undefined: all are read. */
  get #unread(): Segment | undefined {
    const at = this.#readAt;
    if (at !== undefined && at.offset < at.segment.size) return at.segment;
    return this.#segments.find(({ number, size }) => size > 0 && number > (at?.segment.number ?? 0));
  }

  async #recover(): Promise<ByStream> {
    const { files, account, counters, logger } = this.options;
    try {
      const { cursor } = account;
      this.#segments = await files.recover(cursor);
      this.#next = Math.max(cursor.segment, ...this.#segments.map(({ number }) => number)) + 1;
      for (const { size } of this.#segments) counters.spilledBytes += size;
      const [first] = this.#segments;
      if (first?.number === cursor.segment) this.#readAt = { segment: first, offset: cursor.offset };
    } catch (error) {
      logger.error({ err: error }, 'spilled records cannot be read back');
      this.#segments = [];
    }
    this.#ready = true;
    this.#write();
    return amountsIn(this.#segments);
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
      memory.add(batch, this.#gaps.at(segment.number, start));
      this.#readAt = { segment, offset: start + frame.length };
      at += frame.length;
      taken += 1;
    }
    return this.#closed ? 1 : taken;
  }

  /** What is left of the segment is lost. */
  #giveUp(segment: Segment, reason: string): void {
    this.#segments = this.#segments.filter((one) => one !== segment);
    segment.sealed = true;
    for (const loss of segment.remains(reason)) this.onLoss(loss);
    this.#remove(segment);
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
      const segment = this.#segmentFor();
      writing.headBusy = true;
      try {
        await this.options.files.append(segment, frame);
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
    if (segment.size > 0) return;
    this.#segments = this.#segments.filter((one) => one !== segment);
    this.#remove(segment);
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

  #segmentFor(): Segment {
    const most = Math.min(MOST_SEGMENT, Math.max(LEAST_SEGMENT, Math.floor(this.options.diskBytes / 8)));
    const last = this.#segments.at(-1);
    if (last !== undefined && !last.sealed && last.size < most) return last;
    if (last !== undefined) last.sealed = true;
    const segment = new Segment(this.#next++);
    this.#segments.push(segment);
    return segment;
  }

  #removeDelivered({ segment: number, end }: SpillPlace): void {
    const segment = this.#segments.find((one) => one.number === number);
    // One that is being written to may hold more than is known yet.
    if (segment === undefined || segment.size > end || (this.#busy && !segment.sealed)) return;
    this.#segments = this.#segments.filter((one) => one !== segment);
    segment.sealed = true;
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

  #remove({ number, size }: Segment): void {
    this.options.counters.spilledBytes -= size;
    this.onRoom();
    this.#work(this.options.files.remove(number));
  }
}
