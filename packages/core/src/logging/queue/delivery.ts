import type { LogBatch } from '../../plugin/log-batch.js';
import type { DriverPort } from '../driver-port.js';
import { lossOf } from '../gaps/loss.js';
import { tellGaps } from '../gaps/tell-gaps.js';
import type { WriteFailure } from '../write-failure.js';
import { BackOff } from './back-off.js';
import type { Flight } from './flight.js';
import type { LogQueue } from './log-queue.js';
import type { QueuedBatch } from './queued-batch.js';

export interface DeliveryOptions {
  readonly port: DriverPort;
  readonly queue: LogQueue;
  /** The driver has these. */
  readonly delivered: (view: LogBatch, records: number) => void;
}

/** Gives what waits in a queue to its driver, one write at a time. */
export class Delivery {
  readonly #backOff = new BackOff();
  #running = false;
  #stopped = false;
  #endAsked = false;
  #telling = false;
  #flight: Flight | undefined;
  #stop!: () => void;
  readonly #stopping = new Promise<void>((resolve) => (this.#stop = resolve));

  constructor(private readonly options: DeliveryOptions) {}

  /** Something has come. */
  wake(): void {
    if (this.#running || this.#stopped) return;
    this.#running = true;
    void this.#run();
  }

  /** There is not much time: what waits for another attempt is tried now. */
  hurry(): void {
    this.#backOff.cut();
  }

  /** The end that was asked for is told, or could not be. */
  get endTold(): boolean {
    return !this.#endAsked && !this.#telling;
  }

  /** What the driver is at. */
  get flight(): Flight | undefined {
    return this.#flight;
  }

  /** Begins no other write. The one that is under way is done with as ever if it is answered before the queue is closed. */
  stop(): void {
    this.#stopped = true;
    this.#backOff.cut();
    this.#stop();
  }

  /** Once nothing waits any more, what was lost last is told too, though nothing comes behind it. */
  tellEnd(): void {
    this.#endAsked = true;
    this.wake();
  }

  async #run(): Promise<void> {
    const { queue } = this.options;
    for (let batch = await queue.next(); !this.#stopped; batch = await queue.next()) {
      if (batch !== undefined) await this.#deliver();
      else if (this.#endAsked) await this.#tellEnd();
      else break;
    }
    this.#running = false;
    if (!queue.empty || this.#endAsked) this.wake();
  }

  async #tellEnd(): Promise<void> {
    const { port, queue } = this.options;
    this.#endAsked = false;
    this.#telling = true;
    await tellGaps(port, queue.end);
    this.#telling = false;
    queue.changed.notify();
  }

  async #deliver(): Promise<void> {
    const { port, queue } = this.options;
    if (port.stalled !== undefined) {
      await Promise.race([port.stalled, this.#stopping]);
      return;
    }
    // What was the oldest a turn ago may have been dropped.
    const batch = queue.memory.head;
    if (batch === undefined) return;
    queue.memory.headBusy = true;
    const settled = await this.#attempt(batch);
    // In the same turn as it is done with: it could be dropped between.
    queue.memory.headBusy = false;
    if (settled === undefined || queue.closed) return;
    const { view, failure } = settled;
    const lost = failure?.lost ?? 0;
    const taken = view.count - lost;
    if (taken > 0) this.options.delivered(view, taken);
    const gone = lost > 0 && failure?.retry !== true;
    queue.done(taken, gone ? lossOf(view, taken, view.count, failure?.reason ?? '') : undefined);
    if (failure?.retry !== true) this.#backOff.reset();
    else if (!this.#stopped) await this.#backOff.pause();
  }

  /** Undefined if the batch's turn has not come: what was lost before it is to be told first, and will be. */
  async #attempt(batch: QueuedBatch): Promise<{ view: LogBatch; failure: WriteFailure | undefined } | undefined> {
    const { port, queue } = this.options;
    const { gaps } = batch;
    if (gaps !== undefined) {
      const failure = await tellGaps(port, gaps);
      if (this.#stopped) return undefined;
      if (failure?.retry === true) {
        await this.#backOff.pause();
        return undefined;
      }
      queue.postponeGaps(gaps.take());
      queue.memory.clearGaps(batch);
      if (port.stalled !== undefined) return undefined;
    }
    const view = batch.view(port.driver.batchRecords);
    const flight: Flight = { batch, view };
    this.#flight = flight;
    const failure = await port.write(view);
    this.#flight = undefined;
    if (failure?.busy !== true) flight.answer = { failure };
    return { view, failure };
  }
}
