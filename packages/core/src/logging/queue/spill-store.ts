import type { GapSet } from '../gaps/gap-set.js';
import type { Loss } from '../gaps/loss.js';
import type { ByStream } from '../pending/driver-account.js';
import type { MemoryQueue } from './memory-queue.js';
import type { Piece } from './piece.js';
import type { QueuedBatch } from './queued-batch.js';

/** Where batches go that have no room in memory; younger than all that is there. */
export interface SpillStore {
  /** It holds some that are not in memory again: what comes now must come behind them. */
  readonly holds: boolean;
  /** Why it takes none, if that is no want of room. */
  readonly trouble: string | undefined;
  /** What was refused last will have room, once what is on its way to the disk has got there: `onRoom` tells. */
  readonly behind: boolean;
  /** Takes the piece, and the losses before it; false if there is no room. */
  offer(piece: Piece, gaps: GapSet, windowNs: bigint): boolean;
  /** Puts a loss before the oldest that it holds. */
  addGap(loss: Loss): void;
  /** Losses behind all that it held, once it holds nothing: they are the caller's to tell. */
  lastGaps(): GapSet;
  /** Drops some of its oldest, and has that told in their place, or at the `end`; empty if there is nothing that it can drop. */
  dropOldest(reason: string, end: GapSet): Loss[];
  /** Moves some of its oldest into memory; resolves when there are any, or none. */
  refill(memory: MemoryQueue): Promise<void>;
  /** The first records of a batch that came from here are done with. */
  done(batch: QueuedBatch, records: number): void;
  /** All that it holds, as lost; without `spilled` only what has not come to the disk. */
  remains(reason: string, spilled: boolean): Loss[];
  /** Resolves when nothing is on its way to the disk, or can get there. */
  written(): Promise<void>;
  /** What an earlier shimd left, once that is known. */
  readonly recovered: Promise<ByStream>;
  /** Called for what could not be read back; its place is before what is read next. */
  onLoss: (loss: Loss) => void;
  /** Called when there may be room. */
  onRoom: () => void;
  /** Lets go; `keep`: what it holds is for the next shimd. */
  close(keep: boolean): Promise<void>;
}
