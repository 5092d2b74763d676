import type { Writable } from 'node:stream';

/** Writes one stream of a process to a Writable of ours, of which it owns nothing but its own listeners. */
export class OutputSink {
  #broken = false;
  #full = false;
  #unwritten = 0;
  #wake: (() => void)[] = [];

  constructor(
    private readonly target: Writable,
    /** The Writable failed (EPIPE: its reader has gone): what follows for it is dropped. */
    private readonly onError: (error: Error) => void,
  ) {}

  open(): void {
    this.target.on('error', this.#fail);
    this.target.on('close', this.#gone);
    this.target.on('drain', this.#drain);
  }

  /** Once per open. Errors of the Writable are the caller's again. */
  close(): void {
    this.target.off('error', this.#fail);
    this.target.off('close', this.#gone);
    this.target.off('drain', this.#drain);
  }

  write(bytes: Buffer): void {
    if (this.#broken || bytes.length === 0) return;
    this.#unwritten += 1;
    const accepted = this.target.write(bytes, (error) => {
      this.#unwritten -= 1;
      if (error !== null && error !== undefined) this.#fail(error);
      if (this.#unwritten === 0) this.#notify();
    });
    if (!accepted && !this.#broken) this.#full = true;
  }

  /** True while the Writable asks for a pause. */
  get full(): boolean {
    return this.#full;
  }

  /** Resolves when the Writable takes more or is broken. */
  async writable(): Promise<void> {
    while (this.#full) await this.#change();
  }

  /** Resolves when everything written has gone to the descriptor, or the Writable is broken. */
  async flushed(): Promise<void> {
    while (this.#unwritten > 0 && !this.#broken) await this.#change();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve));
  }

  readonly #drain = (): void => {
    this.#full = false;
    this.#notify();
  };

  readonly #fail = (error: Error): void => {
    const first = !this.#broken;
    this.#broken = true;
    this.#drain();
    if (first) this.onError(error);
  };

  readonly #gone = (): void => {
    if (!this.#broken) this.#fail(Object.assign(new Error('the stream was closed'), { code: 'EPIPE' }));
  };

  #notify(): void {
    for (const resolve of this.#wake.splice(0)) resolve();
  }
}
