import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { Chunk } from '../chunk/chunk.js';
import { withinTime } from './deadline.js';
import { Failure } from './failure.js';
import type { Receiver } from './receiver.js';

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

/** What {@link Link} works with. */
export interface LinkOptions {
  connect(signal: AbortSignal): Promise<Receiver>;
  /** How long one chunk may be on its way, over all the calls that wait for it. */
  readonly ackTimeoutMs: number;
}

/** A chunk that has been sent, and of which it is not known yet whether it was taken. */
interface Pending {
  readonly chunk: Chunk;
  readonly taken: Promise<void>;
  readonly until: number;
}

/** The call's time is over, and the connection is as good as before: the chunk may still be taken. */
class StillWaiting extends Failure {
  constructor() {
    super('ETIMEDOUT', 'it has not taken the records yet');
  }
}

/**
 * The way to the receiver: connects, sends one chunk after the other, and connects anew. A chunk that is sent again after a call's time was over
 * goes on waiting for the same ack, so that a receiver that is merely slow gets it once.
 */
export class Link {
  #receiver: Receiver | undefined;
  #pending: Pending | undefined;
  readonly #closing = new AbortController();
  /** The last call got nowhere: the next one tries once. A container is not held up again and again. */
  #failing = false;

  constructor(private readonly options: LinkOptions) {}

  /** Rejects with what keeps it from connecting. */
  async open(until: number, signal: AbortSignal): Promise<void> {
    await this.#connected(until, signal);
  }

  /**
   * Resolves when the chunk has been taken, to the one that was: an earlier one of the same id, perhaps. `until`: in milliseconds of
   * `performance.now()`.
   */
  async deliver(chunk: Chunk, until: number): Promise<Chunk> {
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      try {
        const taken = await this.#attempt(chunk, until);
        this.#failing = false;
        return taken;
      } catch (error) {
        if (error instanceof StillWaiting) throw error;
        this.#drop(error as Error);
        const over = performance.now() + pause >= until;
        if (this.#failing || over || this.#closing.signal.aborted) {
          this.#failing = true;
          throw error;
        }
        // Closed meanwhile: the next attempt says so.
        await delay(pause, undefined, { signal: this.#closing.signal }).catch(() => undefined);
      }
    }
  }

  /** Ends the connection, and every wait. */
  async close(signal: AbortSignal): Promise<void> {
    this.#closing.abort(new Failure('ECANCELED', 'the log driver was closed'));
    if (this.#pending !== undefined) this.#drop(this.#closing.signal.reason as Error);
    await this.#receiver?.close(signal);
    this.#receiver = undefined;
  }

  async #attempt(chunk: Chunk, until: number): Promise<Chunk> {
    if (this.#pending !== undefined && this.#pending.chunk.id !== chunk.id) {
      this.#drop(new Failure('ECANCELED', 'the records are not sent again'));
    }
    this.#pending ??= await this.#sent(chunk, until);
    const pending = this.#pending;
    const lost = pending.until <= until;
    const late = (): Error =>
      lost ? new Failure('ETIMEDOUT', 'it has not taken the records in time') : new StillWaiting();
    await withinTime(pending.taken, { until: Math.min(pending.until, until), signal: this.#closing.signal, late });
    this.#settle();
    return pending.chunk;
  }

  async #sent(chunk: Chunk, until: number): Promise<Pending> {
    const receiver = await this.#connected(until);
    const taken = receiver.send(chunk);
    // It may fail while no call waits for it: the next one sees it.
    taken.catch(() => undefined);
    return { chunk, taken, until: performance.now() + this.options.ackTimeoutMs };
  }

  async #connected(until: number, also?: AbortSignal): Promise<Receiver> {
    if (this.#receiver?.isUsable === true) return this.#receiver;
    const time = AbortSignal.timeout(Math.max(1, Math.ceil(until - performance.now())));
    const signal = AbortSignal.any([time, this.#closing.signal, ...(also === undefined ? [] : [also])]);
    signal.throwIfAborted();
    const receiver = await this.options.connect(signal);
    if (this.#closing.signal.aborted) receiver.destroy(this.#closing.signal.reason as Error);
    return (this.#receiver = receiver);
  }

  #drop(failure: Error): void {
    this.#receiver?.destroy(failure);
    this.#receiver = undefined;
    this.#settle();
  }

  #settle(): void {
    this.#pending?.chunk.release();
    this.#pending = undefined;
  }
}
