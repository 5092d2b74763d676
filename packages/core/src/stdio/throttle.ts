import type { RateLimiter } from './rate-limiter.js';
import type { Split } from './record-splitter.js';

/** What the rate limit lets one stream pass on. */
export class Throttle {
  /** Takes back the wait. */
  #unwait: (() => void) | undefined;
  #ended = false;

  constructor(
    private readonly limiter: RateLimiter | undefined,
    private readonly maxRecord: number,
  ) {}

  get waiting(): boolean {
    return this.#unwait !== undefined;
  }

  /** The part of `buffer` to peek into: what must wait is not looked at, as far as that cuts no record. */
  window(buffer: Buffer): Buffer {
    if (this.limiter?.policy !== 'block' || this.#ended) return buffer;
    return buffer.subarray(0, Math.max(this.maxRecord + 1, this.limiter.room));
  }

  /** Of these records, the first ones that may pass. What is dropped is consumed all the same. */
  allow({ count, consumed }: Split, ends: Uint32Array): Split {
    const { limiter } = this;
    if (limiter === undefined || (limiter.policy === 'block' && this.#ended)) return { count, consumed };
    const passed = limiter.take(ends, count);
    if (limiter.policy === 'drop' || passed === count) return { count: passed, consumed };
    return { count: passed, consumed: passed === 0 ? 0 : ends[passed - 1]! };
  }

  /** Until a record of `bytes` may pass. */
  wait(bytes: number, resume: () => void): void {
    this.#unwait = this.limiter?.wait(bytes, () => {
      this.#unwait = undefined;
      resume();
    });
  }

  /** Nothing waits from now on. */
  end(): void {
    this.#ended = true;
    this.#unwait?.();
    this.#unwait = undefined;
  }
}
