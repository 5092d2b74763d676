import { performance } from 'node:perf_hooks';

/** Of the host's deadline, what the driver uses: it must still answer in time. */
const SHARE = 0.8;
const DEFAULT_MS = 5_000;

/**
 * How long to wait for journald. Once waiting was in vain nobody waits until journald has taken something: a container is
 * not held up again and again by a journald that does not answer.
 */
export class Patience {
  readonly #ms: number;
  #until = 0;
  #lost = false;

  /** `callTimeoutMs`: the host's. */
  constructor(callTimeoutMs = DEFAULT_MS) {
    this.#ms = callTimeoutMs * SHARE;
  }

  get isLost(): boolean {
    return this.#lost;
  }

  /** Until when the current call may wait, in milliseconds of `performance.now()`. */
  get until(): number {
    return this.#lost ? 0 : this.#until;
  }

  /** A call begins. */
  begin(): void {
    this.#until = performance.now() + this.#ms;
  }

  lose(): void {
    this.#lost = true;
  }

  /** Journald took something. */
  regain(): void {
    this.#lost = false;
  }
}
