import type { LogBatch, StreamName } from '../../plugin/log-batch.js';
import type { Amount, LossLedger } from '../loss-ledger.js';

/** How much of each stream; of what is on disk: what will be delivered. */
export type ByStream = Readonly<Record<StreamName, Amount>>;

/** How far what is on disk has been delivered. */
export interface SpillCursor {
  readonly segment: number;
  readonly offset: number;
  /** Of the batch at `offset`. */
  readonly records: number;
}

/** Segments that were dropped last, in order: their files may still be there, and are not to be read. */
export interface DroppedSegments {
  readonly from: number;
  readonly to: number;
}

export interface Settlement {
  readonly ledger: LossLedger;
  readonly driver: string;
  /** By the ledger, when it was made. */
  readonly counted: ByStream;
  readonly spilled: ByStream;
}

const STREAMS = ['stdout', 'stderr'] as const;
/** Numbers of a stream: records and bytes that the driver was to get, and that it got. */
const STREAM_NUMBERS = 4;
const CURSOR = STREAMS.length * STREAM_NUMBERS;
/** Records of each stream that the queue has of a batch that is still in the pipe. */
const AHEAD = CURSOR + 3;
const DROPPED = AHEAD + STREAMS.length;
/** Numbers of a driver; one is spare. */
export const ACCOUNT_NUMBERS = 16;
export const KILLED = 'shimd was killed';

/**
 * What a driver was to get and what it got, since the container was made, where a kill of shimd does not reach it. At any time
 *
 *     was to get = got + lost and counted + on disk + waits in memory
 *
 * and after a kill nothing waits: what is missing in the equation is lost. Being counted, it is missing no more. What a killed shimd had
 * not taken out of the pipe comes again, and is not in the equation, but some of it may be on disk: as many are taken for lost, rather
 * than to count too few.
 */
export class DriverAccount {
  readonly #before: Float64Array;
  /** What this shimd has added to {@link AHEAD}. */
  readonly #ahead = { stdout: 0, stderr: 0 };

  constructor(private readonly numbers: Float64Array) {
    if (!numbers.every((number) => number >= 0 && Number.isSafeInteger(number))) numbers.fill(0);
    this.#before = numbers.slice();
  }

  /** The driver's queue has it, and it is in the container's pipe still. */
  accepted(stream: StreamName, records: number): void {
    this.#ahead[stream] += records;
    this.numbers[aheadOf(stream)]! += records;
  }

  /** It is out of the container's pipe: the driver's queue has it, or it is counted as lost. */
  offered(stream: StreamName, records: number, bytes: number): void {
    const at = placeOf(stream);
    this.numbers[at]! += records;
    this.numbers[at + 1]! += bytes;
    this.accepted(stream, -this.#ahead[stream]);
  }

  /** The driver has taken the first `records` of the batch. */
  delivered({ stream, ends }: LogBatch, records: number): void {
    const at = placeOf(stream);
    this.numbers[at + 2]! += records;
    this.numbers[at + 3]! += ends[records - 1]!;
  }

  get cursor(): SpillCursor {
    const [segment = 0, offset = 0, records = 0] = this.numbers.subarray(CURSOR);
    return { segment, offset, records };
  }

  set cursor({ segment, offset, records }: SpillCursor) {
    this.numbers.set([segment, offset, records], CURSOR);
  }

  get dropped(): DroppedSegments {
    return { from: this.numbers[DROPPED]!, to: this.numbers[DROPPED + 1]! };
  }

  /** It is counted as lost, whether or not its file has gone. */
  drop(segment: number): void {
    const { from, to } = this.dropped;
    this.numbers.set([segment === to + 1 ? from : segment, segment], DROPPED);
  }

  /** Counts what an earlier shimd took along, once; what has come since does not matter. */
  settle({ ledger, driver, counted, spilled }: Settlement): void {
    for (const stream of STREAMS) {
      const at = placeOf(stream);
      const before = this.#before[aheadOf(stream)]!;
      const ahead = shareOf(spilled[stream], before);
      const [records, bytes] = (['records', 'bytes'] as const).map(
        (what, i) => this.#before[at + i]! - this.#before[at + i + 2]! - counted[stream][what] - spilled[stream][what],
      ) as [number, number];
      const lost = Math.max(0, records + ahead.records);
      const lostBytes = lost > 0 ? Math.max(0, bytes + ahead.bytes) : 0;
      ledger.add(driver, { stream, records: lost, bytes: lostBytes, reason: KILLED });
      // Negative if it was killed between a write and a commit: that batch comes again.
      this.numbers[at]! -= records - lost;
      this.numbers[at + 1]! -= bytes - lostBytes;
      this.numbers[aheadOf(stream)]! -= before;
    }
  }
}

function placeOf(stream: StreamName): number {
  return stream === 'stdout' ? 0 : STREAM_NUMBERS;
}

function aheadOf(stream: StreamName): number {
  return stream === 'stdout' ? AHEAD : AHEAD + 1;
}

/** At most `records` of it, with as many bytes as so many of it have. */
function shareOf(amount: Amount, records: number): Amount {
  if (records >= amount.records) return amount;
  return { records, bytes: Math.round((amount.bytes / amount.records) * records) };
}
