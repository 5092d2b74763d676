import { Signal } from './signal.js';

const FIRST_MS = 100;
const LAST_MS = 5_000;

/** Pauses between attempts, each twice as long as the one before. */
export class BackOff {
  #ms = FIRST_MS;
  readonly #cut = new Signal();

  async pause(): Promise<void> {
    const ms = this.#ms;
    this.#ms = Math.min(LAST_MS, 2 * ms);
    await this.#cut.wait(ms);
  }

  reset(): void {
    this.#ms = FIRST_MS;
  }

  /** Begins anew, with an attempt at once. */
  cut(): void {
    this.reset();
    this.#cut.notify();
  }
}
