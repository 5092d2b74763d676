import { performance } from 'node:perf_hooks';
import type { Datagrams } from '../plugin/datagram-sender.js';
import { queueFull, type Obstacle } from './datagram-obstacle.js';

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
  /** Calls once there may be room, until the returned function is called. */
  readonly watchRoom: (ready: () => void) => () => void;
}

/** Datagrams on their way: sent, tried again when that makes sense, given up at the deadline. */
export class PendingDatagrams {
  #sent = 0;
  #retryMs = FIRST_RETRY;
  #stopWaiting: (() => void) | undefined;
  #settle: { resolve: () => void; reject: (error: Error) => void } | undefined;

  constructor(private readonly options: PendingOptions) {}

  /** Sends what can be sent now; returns what stands in the way of the rest. */
  attempt(): Obstacle | undefined {
    const { datagrams, attempt } = this.options;
    let rest = datagrams.from + this.#sent;
    while (rest < datagrams.to) {
      const result = attempt(this.#sent === 0 ? datagrams : { ...datagrams, from: rest });
      if (typeof result !== 'number') return result;
      if (result === 0) return queueFull();
      this.#retryMs = FIRST_RETRY;
      this.#sent += result;
      rest += result;
    }
    return undefined;
  }

  /** Settles when all are sent, or the deadline has come. */
  wait(obstacle: Obstacle): Promise<void> {
    return new Promise((resolve, reject) => {
      let last = obstacle;
      const giveUp = setTimeout(
        () => this.#end(this.failure(last)),
        Math.max(0, this.options.deadline - performance.now()),
      );
      const done = (): void => clearTimeout(giveUp);
      this.#settle = { resolve: () => (done(), resolve()), reject: (error) => (done(), reject(error)) };
      const goOn = (): void => {
        this.#stopWaiting?.();
        this.#stopWaiting = undefined;
        const next = this.attempt();
        if (next === undefined || !next.passes) return this.#end(next && this.failure(next));
        last = next;
        this.#await(next, goOn);
      };
      this.#await(obstacle, goOn);
    });
  }

  cancel(): void {
    this.#end(Object.assign(new Error('ECANCELED: the sender was closed'), { code: 'ECANCELED', sent: this.#sent }));
  }

  /** The error of a send that ends here. */
  failure({ error }: Obstacle): Error {
    return Object.assign(error, { sent: this.#sent });
  }

  #await({ kind }: Obstacle, goOn: () => void): void {
    if (kind === 'full') {
      this.#stopWaiting = this.options.watchRoom(goOn);
      return;
    }
    const timer = setTimeout(goOn, this.#retryMs);
    this.#retryMs = Math.min(LAST_RETRY, this.#retryMs * 2);
    this.#stopWaiting = () => clearTimeout(timer);
  }

  #end(error?: Error): void {
    this.#stopWaiting?.();
    this.#stopWaiting = undefined;
    const settle = this.#settle;
    this.#settle = undefined;
    if (error === undefined) settle?.resolve();
    else settle?.reject(error);
  }
}
