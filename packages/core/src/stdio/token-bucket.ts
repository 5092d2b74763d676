/** Fills with time up to what comes in `burstMs`, one token at least. Its tokens may be overdrawn. */
export class TokenBucket {
  readonly #perMs: number;
  readonly #capacity: number;
  #tokens: number;

  constructor(perSecond: number, burstMs: number) {
    this.#perMs = perSecond / 1000;
    this.#capacity = Math.max(1, (perSecond * burstMs) / 1000);
    this.#tokens = this.#capacity;
  }

  get tokens(): number {
    return this.#tokens;
  }

  /** Whole tokens, not below 0. */
  get whole(): number {
    return Math.max(0, Math.floor(this.#tokens));
  }

  refill(ms: number): void {
    this.#tokens = Math.min(this.#capacity, this.#tokens + ms * this.#perMs);
  }

  spend(tokens: number): void {
    this.#tokens -= tokens;
  }

  /** Milliseconds until there are so many tokens, and as many as come in `stepMs`, or as there is room for. */
  delay(tokens: number, stepMs: number): number {
    const wanted = Math.min(this.#capacity, Math.max(tokens, stepMs * this.#perMs));
    return Math.max(0, (wanted - this.#tokens) / this.#perMs);
  }
}
