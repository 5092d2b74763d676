/** containerd connects at once, or after a pause if its machine is slow. */
const PATIENCE_MS = 5_000;

/** Tasks whose containerd was told where they are served, and has not come there yet: shimd stays for them. */
export class ExpectedTasks {
  readonly #timers = new Map<string, NodeJS.Timeout>();

  constructor(private readonly changed: () => void) {}

  get any(): boolean {
    return this.#timers.size > 0;
  }

  /** One is to come by the listener with this key. */
  add(key: string): void {
    clearTimeout(this.#timers.get(key));
    this.#timers.set(
      key,
      setTimeout(() => this.came(key), PATIENCE_MS),
    );
    this.changed();
  }

  /** Somebody has connected, or nobody will. */
  came(key: string): void {
    clearTimeout(this.#timers.get(key));
    if (this.#timers.delete(key)) this.changed();
  }
}
