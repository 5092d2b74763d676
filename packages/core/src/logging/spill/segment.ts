import type { LogBatch, StreamName } from '../../plugin/log-batch.js';
import type { Amount } from '../loss-ledger.js';
import type { Loss } from '../gaps/loss.js';

const STREAMS = ['stdout', 'stderr'] as const;

/** What is known of one file of spilled batches. */
export class Segment {
  /** Bytes of whole frames. */
  size = 0;
  /** No more is written to it. */
  sealed = false;
  /** By stream, as if lost; what has been read back is not among it. */
  readonly #left: Partial<Record<StreamName, Loss>> = {};

  constructor(readonly number: number) {}

  /** A frame with these records is on disk, of which the first `done` are delivered. */
  add({ stream, count, bytes, ends, time, sequence }: LogBatch, done = 0): void {
    const left = bytes.length - (done === 0 ? 0 : ends[done - 1]!);
    const known = this.#left[stream];
    this.#left[stream] = {
      stream,
      reason: '',
      records: (known?.records ?? 0) + count - done,
      bytes: (known?.bytes ?? 0) + left,
      from: known?.from ?? time,
      to: time,
      next: sequence + count,
    };
  }

  /** So much of it has been read back. */
  take(stream: StreamName, { records, bytes }: Amount): void {
    const left = this.#left[stream];
    if (left !== undefined)
      this.#left[stream] = { ...left, records: left.records - records, bytes: left.bytes - bytes };
  }

  amount(stream: StreamName): Amount {
    return { records: this.#left[stream]?.records ?? 0, bytes: this.#left[stream]?.bytes ?? 0 };
  }

  /** What is left in it, as lost. */
  remains(reason: string): Loss[] {
    return STREAMS.flatMap((stream) => {
      const left = this.#left[stream];
      return left === undefined || left.records === 0 ? [] : [{ ...left, reason }];
    });
  }
}

/** What is left in all of them. */
export function amountsIn(segments: readonly Segment[]): Readonly<Record<StreamName, Amount>> {
  const amount = (stream: StreamName): Amount => {
    const amounts = segments.map((segment) => segment.amount(stream));
    const sum = (what: keyof Amount): number => amounts.reduce((total, each) => total + each[what], 0);
    return { records: sum('records'), bytes: sum('bytes') };
  };
  return { stdout: amount('stdout'), stderr: amount('stderr') };
}
