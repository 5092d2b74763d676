/** How long one call of the host may take. Ends earlier when the driver is closed. */
export class Deadline {
  readonly #end: number;

  constructor(
    ms: number,
    private readonly closed: AbortSignal,
  ) {
    this.#end = performance.now() + ms;
  }

  /** Milliseconds; 0 when it has passed. */
  get left(): number {
    return this.closed.aborted ? 0 : Math.max(this.#end - performance.now(), 0);
  }

  /** Does `work` with a signal that is aborted after `ms`, with the deadline, and when the driver is closed. */
  async within<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const limit = new AbortController();
    const shortest = Math.min(ms, this.left);
    const stop = (): void => limit.abort(new Error('the log is being closed'));
    const timer = setTimeout(() => limit.abort(new Error(`no answer within ${Math.ceil(shortest)} ms`)), shortest);
    this.closed.addEventListener('abort', stop, { once: true });
    if (this.closed.aborted) stop();
    try {
      return await work(limit.signal);
    } finally {
      clearTimeout(timer);
      this.closed.removeEventListener('abort', stop);
    }
  }

  /** Waits. False if the driver is closed meanwhile, or the deadline comes first, in which case it does not wait. */
  async pause(ms: number): Promise<boolean> {
    if (ms <= 0) return true;
    if (ms >= this.left) return false;
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.closed.removeEventListener('abort', done);
        resolve(!this.closed.aborted);
      };
      const timer = setTimeout(done, ms);
      this.closed.addEventListener('abort', done, { once: true });
    });
  }
}
