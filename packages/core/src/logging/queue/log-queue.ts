import { performance } from 'node:perf_hooks';
import type { QueueSettings } from '../../config/container-config.js';
import type { DriverCounters } from '../../metrics/counters.js';
import type { LogBatch, StreamName } from '../../plugin/log-batch.js';
import { GapSet } from '../gaps/gap-set.js';
import { lossOf, type Loss } from '../gaps/loss.js';
import type { Flight } from './flight.js';
import { MemoryQueue } from './memory-queue.js';
import { pieceFrom, type Piece } from './piece.js';
import type { QueuedBatch } from './queued-batch.js';
import { Signal } from './signal.js';
import type { SpillStore } from './spill-store.js';

/** Most memory of one piece of a large batch. */
const PIECE_BYTES = 256 << 10;
const FULL = 'queue full';

export interface QueueOptions {
  readonly settings: QueueSettings;
  readonly spill?: SpillStore | undefined;
  readonly counters: DriverCounters;
  /** Counts what is lost here. */
  readonly count: (loss: Loss) => void;
  /** Counts what is here, and in the container's pipe still. */
  readonly accepted: (stream: StreamName, records: number) => void;
  /** How much time records may lie apart that become one batch. */
  readonly windowNs: () => bigint;
}

/** What waits for a driver: copies of batches in their order, bounded in bytes, and what was lost between them. */
export class LogQueue {
  readonly memory: MemoryQueue;
  /** Lost behind all that waits. */
  readonly end = new GapSet();
  /** Something came, went, or may be tried again. */
  readonly changed = new Signal();
  /** Records that were taken, and those of them that are done with, since it was made. */
  taken = 0;
  settled = 0;
  readonly #pieceBytes: number;
  /** Writers that wait for room, or for the disk, the first come first. */
  readonly #line: object[] = [];
  /** Waiting was in vain: until half of it is free nobody waits, or the container would get one batch through for each wait. */
  #dropping = false;
  #waitUntil = Infinity;
  #closed = false;
  /** The next shimd reads from the pipe what has not been taken. */
  #left = false;

  constructor(private readonly options: QueueOptions) {
    const { settings, counters, spill } = options;
    if (spill !== undefined) spill.onRoom = () => this.changed.notify();
    this.memory = new MemoryQueue(memoryBytes(settings), counters);
    this.#pieceBytes = Math.min(PIECE_BYTES, Math.floor(this.memory.limit / 4));
  }

  get empty(): boolean {
    return this.memory.head === undefined && this.options.spill?.holds !== true;
  }

  /** Settles when all of the batch is taken or counted as lost; its buffer is free then. */
  accept(batch: LogBatch): Promise<false> | false {
    const at = this.#line.length === 0 ? this.#put(batch, 0) : 0;
    return at === batch.count ? false : this.#wait(batch, at);
  }

  /** Records that are not to be given to the driver. */
  skip(loss: Loss): void {
    this.options.count(loss);
    this.end.add(loss);
  }

  /** The oldest; resolves to undefined if nothing waits. */
  async next(): Promise<QueuedBatch | undefined> {
    const { spill } = this.options;
    while (this.memory.head === undefined && spill?.holds === true && !this.#closed) await spill.refill(this.memory);
    if (this.empty && spill !== undefined) this.end.addAll(spill.lastGaps());
    return this.memory.head;
  }

  /** The first `taken` records of the head are the driver's; `lost` comes right behind them. */
  done(taken: number, lost?: Loss): void {
    const head = this.memory.head!;
    const records = taken + (lost?.records ?? 0);
    this.options.spill?.done(head, records);
    this.memory.advance(records);
    this.settled += records;
    if (head.count === 0) this.memory.shift();
    if (lost !== undefined) this.#loseBefore(lost, this.memory.head);
    this.#relax();
    this.changed.notify();
  }

  /** A loss that comes before all that waits. */
  addFirstGap(loss: Loss): void {
    this.#gapBefore(loss, this.memory.headBusy ? this.memory.head?.next : this.memory.head);
  }

  /** What was spilled could not be read back. */
  lostOnDisk(loss: Loss): void {
    this.settled += loss.records;
    this.options.count(loss);
    this.options.spill?.addGap(loss);
    this.changed.notify();
  }

  /** Losses that could not be told before the head are told behind it. */
  postponeGaps(losses: readonly Loss[]): void {
    for (const loss of losses) this.#gapBefore(loss, this.memory.head?.next);
  }

  /** Nobody waits for room longer than this. */
  waitAtMost(ms: number): void {
    this.#waitUntil = Math.min(this.#waitUntil, performance.now() + ms);
    this.changed.notify();
  }

  get closed(): boolean {
    return this.#closed;
  }

  /**
   * All that waits as lost, and what was lost before, in order. `spilled`: also what is on disk; else the next shimd goes on. `flight`:
   * what the driver is at is not among it.
   */
  close(reason: string, spilled: boolean, flight?: Flight): GapSet {
    this.#closed = true;
    this.#left = !spilled;
    const all = new GapSet();
    const lose = (loss: Loss): void => {
      this.options.count(loss);
      all.add(loss);
    };
    for (let batch = this.memory.shift(); batch !== undefined; batch = this.memory.shift()) {
      all.addAll(batch.gaps);
      if (spilled || batch.place === undefined)
        lose(batch.lost(reason, batch === flight?.batch ? flight.view.count : 0));
    }
    for (const loss of this.options.spill?.remains(reason, spilled) ?? []) lose(loss);
    all.addAll(this.end);
    this.changed.notify();
    return all;
  }

  /** What has no room waits for it. */
  get #waits(): boolean {
    const blocks = this.options.settings.mode === 'block' && !this.#dropping;
    return !this.#closed && (blocks || this.#waitsForDisk);
  }

  /** Whatever the mode: there is room on disk. */
  get #waitsForDisk(): boolean {
    return this.options.spill?.behind === true && performance.now() < this.#waitUntil;
  }

  /** How far it got: what has no room waits, or is lost. */
  #put(batch: LogBatch, from: number): number {
    let at = from;
    while (at < batch.count) {
      const piece = pieceFrom(batch, at, this.#pieceBytes);
      if (!this.#store(piece)) {
        if (this.#waits) break;
        this.skip(lossOf(batch, at, batch.count, this.#fullReason));
        return batch.count;
      }
      at = piece.to;
    }
    if (at > from) this.changed.notify();
    return at;
  }

  async #wait(batch: LogBatch, from: number): Promise<false> {
    const ticket = {};
    this.#line.push(ticket);
    const { mode, blockTimeoutMs } = this.options.settings;
    const until = mode === 'block' ? performance.now() + blockTimeoutMs : Infinity;
    let at = from;
    for (;;) {
      if (this.#left) return new Promise(() => undefined);
      if (this.#line[0] === ticket) at = this.#put(batch, at);
      if (at === batch.count) break;
      const left = Math.min(this.#waitsForDisk ? Infinity : until, this.#waitUntil) - performance.now();
      if (left <= 0) {
        this.#dropping = true;
        this.skip(lossOf(batch, at, batch.count, this.#fullReason));
        break;
      }
      await this.changed.wait(left);
    }
    this.#line.splice(this.#line.indexOf(ticket), 1);
    this.changed.notify();
    return false;
  }

  #store(piece: Piece): boolean {
    const { settings } = this.options;
    if (this.#closed) return false;
    if (this.#offer(piece)) return true;
    if (settings.mode !== 'drop-oldest') return false;
    while (!this.#waitsForDisk && this.#dropOldest()) if (this.#offer(piece)) return true;
    return false;
  }

  #offer(piece: Piece): boolean {
    const { spill, windowNs } = this.options;
    const window = windowNs();
    const stored =
      (spill?.holds !== true && this.memory.push(piece, this.end, window)) ||
      spill?.offer(piece, this.end, window) === true;
    if (!stored) return false;
    const records = piece.to - piece.from;
    this.taken += records;
    this.options.accepted(piece.batch.stream, records);
    return true;
  }

  /** Of what is on disk first, if there is any: only that makes room there. */
  #dropOldest(): boolean {
    const { spill } = this.options;
    if (spill?.holds === true) {
      const losses = spill.dropOldest(this.#fullReason, this.end);
      for (const loss of losses) {
        this.settled += loss.records;
        this.options.count(loss);
      }
      return losses.length > 0;
    }
    const dropped = this.memory.dropOldest();
    if (dropped === undefined) return false;
    const next = this.memory.headBusy ? this.memory.head?.next : this.memory.head;
    for (const loss of dropped.gaps?.take() ?? []) this.#gapBefore(loss, next);
    const lost = dropped.lost(this.#fullReason);
    this.settled += lost.records;
    spill?.done(dropped, lost.records);
    this.#loseBefore(lost, next);
    return true;
  }

  #loseBefore(loss: Loss, batch: QueuedBatch | undefined): void {
    this.options.count(loss);
    this.#gapBefore(loss, batch);
  }

  #gapBefore(loss: Loss, batch: QueuedBatch | undefined): void {
    const { spill } = this.options;
    if (batch === undefined && spill?.holds === true) spill.addGap(loss);
    else this.memory.addGap(loss, batch, this.end);
  }

  #relax(): void {
    if (this.memory.cost <= this.memory.limit / 2 && this.options.spill?.holds !== true) this.#dropping = false;
  }

  get #fullReason(): string {
    if (this.#closed) return 'closed';
    const trouble = this.options.spill?.trouble;
    return trouble === undefined ? FULL : `${FULL}, ${trouble}`;
  }
}

/** With a spill its half: what is on its way to the disk has the other. */
export function memoryBytes({ bytes, spillBytes }: QueueSettings): number {
  return spillBytes > 0 ? Math.floor(bytes / 2) : bytes;
}
