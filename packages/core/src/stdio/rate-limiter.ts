import type { RateLimit } from '../config/container-config.js';
import { TokenBucket } from './token-bucket.js';

/** So much is saved up before who waits goes on: a wake-up for each line would cost more than the line. */
const STEP_MS = 50;

interface Waiter {
  readonly bytes: number;
  readonly resume: () => void;
}

/** What a container may print, both streams together. Who must wait is served in turn. */
export class RateLimiter {
  readonly policy: RateLimit['policy'];
  readonly #bytes: TokenBucket | undefined;
  readonly #lines: TokenBucket | undefined;
  #refilledAt: number;
  #waiters: Waiter[] = [];
  #timer: NodeJS.Timeout | undefined;
  /** Everything passes until then. */
  #liftedUntil = -Infinity;

  /** `now`: milliseconds of a clock that never goes back. */
  constructor(
    limit: RateLimit,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.policy = limit.policy;
    if (limit.bytes > 0) this.#bytes = new TokenBucket(limit.bytes, limit.burstMs);
    if (limit.lines > 0) this.#lines = new TokenBucket(limit.lines, limit.burstMs);
    this.#refilledAt = now();
  }

  /** Bytes that may pass now. */
  get room(): number {
    if (this.#lifted) return Infinity;
    this.#refill();
    return this.#bytes?.tokens ?? Infinity;
  }

  /** How many of `count` records that end at `ends` may pass now, the first ones: they are paid for. */
  take(ends: Uint32Array, count: number): number {
    if (this.#lifted) return count;
    this.#refill();
    const most = Math.min(count, this.#lines?.whole ?? count);
    let passed = this.#bytes === undefined ? most : recordsWithin(ends, most, this.#bytes.tokens);
    // One that is larger than all that can be saved up passes when there is no more to save, and is paid for afterwards.
    if (passed === 0 && count > 0 && this.#delay(ends[0]!) === 0) passed = 1;
    if (passed > 0) this.#spend(passed, ends[passed - 1]!);
    return passed;
  }

  /** Calls `resume` once, when a record of `bytes` may pass. Returns the function that takes this back. */
  wait(bytes: number, resume: () => void): () => void {
    const waiter: Waiter = { bytes, resume };
    this.#waiters.push(waiter);
    this.#schedule();
    return () => {
      this.#waiters = this.#waiters.filter((other) => other !== waiter);
      this.#schedule();
    };
  }

  /** Everything passes from now on, or for so many milliseconds. */
  lift(ms = Infinity): void {
    this.#liftedUntil = Math.max(this.#liftedUntil, this.now() + ms);
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const { resume } of this.#waiters.splice(0)) resume();
  }

  get #lifted(): boolean {
    return this.now() < this.#liftedUntil;
  }

  #spend(lines: number, bytes: number): void {
    this.#lines?.spend(lines);
    this.#bytes?.spend(bytes);
  }

  #refill(): void {
    const now = this.now();
    const ms = now - this.#refilledAt;
    this.#refilledAt = now;
    this.#bytes?.refill(ms);
    this.#lines?.refill(ms);
  }

  /** Milliseconds until a record of `bytes` may pass; with `stepMs`, until what comes in so much time may. */
  #delay(bytes: number, stepMs = 0): number {
    const byBytes = this.#bytes?.delay(bytes, stepMs) ?? 0;
    const byLines = this.#lines?.delay(1, stepMs) ?? 0;
    return Math.max(byBytes, byLines);
  }

  #schedule(): void {
    const [first] = this.#waiters;
    if (first === undefined) clearTimeout(this.#timer);
    if (first === undefined) this.#timer = undefined;
    else this.#timer ??= setTimeout(() => this.#serve(), Math.max(1, Math.ceil(this.#delay(first.bytes, STEP_MS))));
  }

  #serve(): void {
    this.#timer = undefined;
    this.#refill();
    const [first] = this.#waiters;
    if (first !== undefined && this.#delay(first.bytes) === 0) {
      this.#waiters.shift();
      first.resume();
    }
    this.#schedule();
  }
}

/** How many of the first `count` records take at most `bytes`. */
function recordsWithin(ends: Uint32Array, count: number, bytes: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (ends[middle - 1]! <= bytes) low = middle;
    else high = middle - 1;
  }
  return low;
}
