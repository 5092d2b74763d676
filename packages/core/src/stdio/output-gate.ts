/** Where output pumps pass before each batch. Closed by a shimd that leaves for another: none is left half done. */
export class OutputGate {
  #inside = 0;
  #closed = false;
  #empty: (() => void) | undefined;

  /** False if it is closed; else `leave` is to follow. */
  enter(): boolean {
    if (!this.#closed) this.#inside += 1;
    return !this.#closed;
  }

  leave(): void {
    this.#inside -= 1;
    if (this.#inside === 0) this.#empty?.();
  }

  /** Lets nobody in any more. Resolves once nobody is inside. */
  close(): Promise<void> {
    this.#closed = true;
    return new Promise((resolve) => {
      if (this.#inside === 0) resolve();
      else this.#empty = resolve;
    });
  }
}
