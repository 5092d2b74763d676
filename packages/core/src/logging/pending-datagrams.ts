import { performance } from 'node:perf_hooks';
import type { Datagrams } from '../plugin/datagram-sender.js';
import { obstacleOf, queueFull, type Obstacle } from './datagram-obstacle.js';

/** Milliseconds between attempts to reach a receiver that has gone: no event tells of its return. */
const FIRST_RETRY = 10;
const LAST_RETRY = 250;

/** What {@link PendingDatagrams} needs. */
export interface PendingOptions {
  readonly datagrams: Datagrams;
  /** Milliseconds of `performance.now()`. */
  readonly deadline: number;
  /** Sends some; none means that there is no room. */
  readonly attempt: (datagrams: Datagrams) => number | Obstacle;
  /** Sends, for so many milliseconds, as room comes. Resolves to how many were sent; rejects with `error.sent`. */
  readonly sendWaiting: (datagrams: Datagrams, ms: number) => Promise<number>;
}

/** Datagrams on their way: sent, tried again when that makes sense, given up at the deadline. */
export class PendingDatagrams {
  #sent = 0;
  #retryMs = FIRST_RETRY;
  #cancelled = false;
  #stopPause: (() => void) | undefined;

  constructor(private readonly options: PendingOptions) {}

  /** Sends what can be sent now; returns what stands in the way of the rest. */
  attempt(): Obstacle | undefined {
    const { datagrams, attempt } = this.options;
    while (datagrams.from + this.#sent < datagrams.to) {
      const result = attempt(this.#rest());
      if (typeof result !== 'number') return result;
      if (result === 0) return queueFull();
      this.#took(result);
    }
    return undefined;
  }

  /** Settles when all are sent, or the deadline has come. */
  async wait(obstacle: Obstacle): Promise<void> {
    for (let next: Obstacle | undefined = obstacle; next !== undefined; next = this.attempt()) {
      const left = this.options.deadline - performance.now();
      if (!next.passes || left <= 0) throw this.failure(next);
      await (next.kind === 'full' ? this.#sendWaiting(left) : this.#pause(left));
      if (this.#cancelled) throw this.#cancellation();
    }
  }

  /** What waits is rejected with ECANCELED, once it is known what was sent. */
  cancel(): void {
    this.#cancelled = true;
    this.#stopPause?.();
  }

  /** The error of a send that ends here. */
  failure({ error }: Obstacle): Error {
    return Object.assign(error, { sent: this.#sent });
  }

  #rest(): Datagrams {
    const { datagrams } = this.options;
    return this.#sent === 0 ? datagrams : { ...datagrams, from: datagrams.from + this.#sent };
  }

  #took(count: number): void {
    if (count === 0) return;
    this.#sent += count;
    this.#retryMs = FIRST_RETRY;
  }

  /** A receiver that goes meanwhile is met again by the next attempt. */
  async #sendWaiting(ms: number): Promise<void> {
    try {
      this.#took(await this.options.sendWaiting(this.#rest(), ms));
    } catch (error) {
      const { sent } = error as { sent?: unknown };
      this.#took(typeof sent === 'number' ? sent : 0);
      const obstacle = obstacleOf(error);
      if (!obstacle.passes && !this.#cancelled) throw this.failure(obstacle);
    }
  }

  async #pause(left: number): Promise<void> {
    const ms = Math.min(left, this.#retryMs);
    this.#retryMs = Math.min(LAST_RETRY, this.#retryMs * 2);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#stopPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#stopPause = undefined;
  }

  #cancellation(): Error {
    return Object.assign(new Error('ECANCELED: the sender was closed'), { code: 'ECANCELED', sent: this.#sent });
  }
}
