/** Wakes those that wait for a change. */
export class Signal {
  readonly #waiting = new Set<() => void>();

  notify(): void {
    for (const wake of [...this.#waiting]) wake();
  }

  /** Resolves with the next `notify`, or after `ms` and a turn: a late timer comes before what has come meanwhile. */
  wait(ms = Infinity): Promise<void> {
    return new Promise((resolve) => {
      const timer = ms === Infinity ? undefined : setTimeout(() => setImmediate(wake), Math.min(ms, 2 ** 31 - 1));
      const wake = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      this.#waiting.add(wake);
    });
  }
}
