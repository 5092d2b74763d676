import type { LogBatch } from '@holdfast/core/plugin';

/** What a record costs besides its bytes, about. */
const OVERHEAD = 100;

/** Cuts batches into pieces that the collector takes in one request, as far as it has been learned what it takes. */
export class Pieces {
  #most = Infinity;

  /** Where the piece ends that begins with record `from`: at least one record. */
  end({ ends, count }: LogBatch, from: number): number {
    if (this.#most === Infinity) return count;
    const begin = from === 0 ? 0 : ends[from - 1]!;
    let to = from + 1;
    while (to < count && ends[to]! - begin + (to + 1 - from) * OVERHEAD <= this.#most) to++;
    return to;
  }

  /** A piece was too large: from now on they have half of its size. */
  tooLarge({ ends }: LogBatch, from: number, to: number): void {
    const begin = from === 0 ? 0 : ends[from - 1]!;
    this.#most = Math.floor((ends[to - 1]! - begin + (to - from) * OVERHEAD) / 2);
  }
}
