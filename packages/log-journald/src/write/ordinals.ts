import type { LogBatch, StreamName } from '@holdfast/core/plugin';

/** Numbers the records of a driver, of both streams together, from 1. Those that the host lost before the driver got them count too. */
export class Ordinals {
  #next = 1;
  readonly #sequence: Record<StreamName, number> = { stdout: 0, stderr: 0 };

  /** The number of the batch's first record. */
  take({ stream, sequence, count }: LogBatch): number {
    const missed = Math.max(0, sequence - this.#sequence[stream]);
    const first = this.#next + missed;
    this.#sequence[stream] = sequence + count;
    this.#next = first + count;
    return first;
  }

  /** The last `count` of the records just numbered were not sent. Whether they come again or are lost, the next batch tells. */
  giveBack({ stream }: LogBatch, count: number): void {
    this.#next -= count;
    this.#sequence[stream] -= count;
  }
}
