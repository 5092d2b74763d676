/** What {@link LaunchSignals} tells the launcher. */
export interface SignalSide {
  /** Bits of the signals that are to be passed on; any other does to the launcher what it does to a program that does not care. */
  wanted(mask: bigint): void;
  /** All up to that number have been handled. */
  handled(number: number): void;
}

/** Signals that a launcher passes on, numbered as they came. */
export class LaunchSignals {
  readonly #handlers = new Map<number, Set<() => unknown>>();
  readonly #done = new Set<number>();
  #arrived: number;
  #handled: number;

  /** `handled`: how many an earlier shimd has handled. */
  constructor(
    handled: number,
    private readonly side: SignalSide,
  ) {
    this.#arrived = this.#handled = handled;
  }

  get mask(): bigint {
    return [...this.#handlers.keys()].reduce((mask, signal) => mask | (1n << BigInt(signal)), 0n);
  }

  on(signal: number, handle: () => unknown): () => void {
    const handlers = this.#handlers.get(signal) ?? new Set();
    // One of its own: the same function may be given twice.
    const own = (): unknown => handle();
    handlers.add(own);
    if (handlers.size === 1) {
      this.#handlers.set(signal, handlers);
      this.side.wanted(this.mask);
    }
    return () => {
      if (!handlers.delete(own) || handlers.size > 0) return;
      this.#handlers.delete(signal);
      this.side.wanted(this.mask);
    };
  }

  /** False if its number makes no sense. */
  arrived(signal: number, number: number): boolean {
    if (number !== this.#arrived + 1) return false;
    this.#arrived = number;
    const handled = [...(this.#handlers.get(signal) ?? [])].map(async (handle) => {
      await handle();
    });
    void Promise.allSettled(handled).then(() => this.#settle(number));
    return true;
  }

  #settle(number: number): void {
    this.#done.add(number);
    const before = this.#handled;
    while (this.#done.delete(this.#handled + 1)) this.#handled += 1;
    if (this.#handled > before) this.side.handled(this.#handled);
  }
}
