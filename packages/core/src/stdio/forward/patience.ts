/** How often a reader is looked for: the kernel tells no writer of its coming. */
const AGAIN_MS = 100;

/** How long is waited for a reader, and looking for one meanwhile. */
export class Patience {
  #since: number | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly ms: number,
    private readonly wake: () => void,
  ) {}

  /** There is no reader. True if none has been there for too long. */
  isOver(): boolean {
    this.#since ??= performance.now();
    return performance.now() - this.#since >= this.ms;
  }

  /** Bytes wait: has it looked at again soon. */
  wait(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.wake();
    }, AGAIN_MS);
  }

  /** Nothing waits any more. */
  rest(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** There is a reader. */
  renew(): void {
    this.rest();
    this.#since = undefined;
  }
}
