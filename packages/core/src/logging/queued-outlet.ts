import { performance } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { QueueSettings } from '../config/container-config.js';
import type { LogBatch } from '../plugin/log-batch.js';
import type { LogCloseReason, LogDriver } from '../plugin/log-driver.js';
import { within } from './deadline.js';
import type { DriverPort } from './driver-port.js';
import { lossOf, type Loss } from './gaps/loss.js';
import { tellGaps, untoldLosses } from './gaps/tell-gaps.js';
import type { Outlet } from './outlet.js';
import type { DriverAccount, ByStream } from './pending/driver-account.js';
import { Delivery } from './queue/delivery.js';
import type { Flight } from './queue/flight.js';
import { LogQueue } from './queue/log-queue.js';
import type { SpillStore } from './queue/spill-store.js';
import { refusal, type WriteFailure } from './write-failure.js';

/** What comes while a call lasts may become one batch for the next, with the time of the first; for at most so long. */
const MOST_WINDOW_MS = 1_000;
const LEAST_WINDOW_MS = 1;
/** What the queue gets for itself when shimd leaves for another: all of it has a few seconds. */
const RESTART_MS = 2_000;
/** And what is on its way to the disk. */
const SPILL_MS = 500;
/** What a driver gets for its flush that has used up its time for the queue. */
const LEAST_FLUSH_MS = 100;

const NONE = { records: 0, bytes: 0 };
const TAKEN: WriteFailure = { lost: 0, reason: '', retry: false, busy: false };
const NOTHING_SPILLED = { stdout: NONE, stderr: NONE };

export interface QueuedOutletOptions {
  readonly port: DriverPort;
  readonly settings: QueueSettings;
  readonly account: DriverAccount;
  readonly spill?: SpillStore | undefined;
}

/** A driver behind a queue: nobody waits for it, but for room. */
export class QueuedOutlet implements Outlet {
  readonly #port: DriverPort;
  readonly #account: DriverAccount;
  readonly #queue: LogQueue;
  readonly #delivery: Delivery;
  readonly #counted: ByStream;

  constructor(private readonly options: QueuedOutletOptions) {
    const { port, settings, account, spill } = options;
    this.#port = port;
    this.#account = account;
    this.#queue = new LogQueue({
      settings,
      spill,
      counters: port.options.counters,
      count: (loss) => port.options.ledger.add(port.name, loss),
      accepted: (stream, records) => account.accepted(stream, records),
      windowNs: () => BigInt(Math.trunc(this.#windowMs() * 1e6)),
    });
    this.#delivery = new Delivery({
      port,
      queue: this.#queue,
      delivered: (view, records) => account.delivered(view, records),
    });
    const { ledger } = port.options;
    this.#counted = { stdout: ledger.total(port.name, 'stdout'), stderr: ledger.total(port.name, 'stderr') };
    if (spill === undefined) this.#settle(NOTHING_SPILLED);
    else {
      spill.onLoss = (loss) => this.#queue.lostOnDisk(loss);
      void spill.recovered.then((spilled) => this.#settle(spilled));
    }
  }

  get name(): string {
    return this.#port.name;
  }

  get driver(): LogDriver {
    return this.#port.driver;
  }

  open(): Promise<void> {
    return this.#port.open();
  }

  async openOrLater(): Promise<void> {
    await this.#port.openOrLater();
    this.#wake();
  }

  write(batch: LogBatch): Promise<boolean> | boolean {
    const accepted = this.#queue.accept(batch);
    this.#wake();
    return accepted;
  }

  committed(batch: LogBatch): void {
    this.#account.offered(batch.stream, batch.count, batch.bytes.length);
  }

  lose(loss: Loss): void {
    this.#queue.skip(loss);
    this.#account.offered(loss.stream, loss.records, loss.bytes);
  }

  ending(): void {
    this.#queue.waitAtMost(this.#port.options.timeoutMs);
  }

  /** What waits now is delivered and can be read back, or the time is up. */
  async flush(timeoutMs = this.#port.options.timeoutMs): Promise<void> {
    const queue = this.#queue;
    const until = performance.now() + timeoutMs;
    const left = (): number => until - performance.now();
    const { spill } = this.options;
    if (spill !== undefined) await within(timeoutMs, spill.recovered);
    const { taken } = queue;
    const done = (): boolean => queue.settled >= taken && this.#delivery.endTold;
    this.#delivery.hurry();
    if (!queue.end.empty) this.#delivery.tellEnd();
    while (!done() && this.#port.stalled === undefined && left() > 0) await queue.changed.wait(left());
    if (!done() && left() <= 0) return;
    await this.#port.flush(Math.max(LEAST_FLUSH_MS, left()));
  }

  async close(reason: LogCloseReason): Promise<void> {
    const { spill } = this.options;
    if (reason === 'restart') await this.flush(Math.min(RESTART_MS, this.#port.options.timeoutMs));
    const keep = reason === 'restart';
    if (keep && spill !== undefined) await within(SPILL_MS, spill.written());
    const flight = await this.#stop();
    const gaps = this.#queue.close(keep ? 'shimd was replaced' : 'not delivered at the end', !keep, flight);
    if (reason !== 'deleted' && !gaps.empty) await tellGaps(this.#port, gaps);
    await this.#port.close(reason);
    if (spill !== undefined) await within(this.#port.options.timeoutMs, spill.close(keep));
    if (flight !== undefined) this.#land(flight, keep);
  }

  reopen(): Promise<void> {
    return this.#port.reopen();
  }

  /** Resolves to what the driver is at and is not waited for any more. */
  async #stop(): Promise<Flight | undefined> {
    this.#delivery.stop();
    // Its answer may have come.
    if (this.#delivery.flight !== undefined) await nextTurn();
    this.#port.abandon();
    return this.#delivery.flight;
  }

  /** Counts what was on its way to the driver, as late as can be: whether it got there may be known by now. */
  #land({ batch, view, answer }: Flight, keep: boolean): void {
    const { ledger } = this.#port.options;
    const { lost, reason, retry } = answer === undefined ? unanswered(view, keep) : (answer.failure ?? TAKEN);
    const taken = view.count - lost;
    // The next shimd has it still, and gives it to the driver again.
    const again = retry && keep && batch.place !== undefined;
    if (taken > 0) this.#account.delivered(view, taken);
    if (taken > 0 || !again) this.options.spill?.done(batch, again ? taken : view.count);
    if (lost > 0 && !again) ledger.add(this.name, lossOf(view, taken, view.count, reason));
  }

  /** Counts what a killed shimd took along; and what it did not come to tell is told before anything else. */
  #settle(spilled: ByStream): void {
    const { ledger } = this.#port.options;
    this.#account.settle({ ledger, driver: this.name, counted: this.#counted, spilled });
    this.#queue.taken += spilled.stdout.records + spilled.stderr.records;
    for (const loss of untoldLosses(this.#port)) this.#queue.addFirstGap(loss);
    this.#wake();
  }

  #wake(): void {
    if (!this.#queue.empty) this.#delivery.wake();
  }

  #windowMs(): number {
    return Math.min(MOST_WINDOW_MS, Math.max(LEAST_WINDOW_MS, this.#port.writeMs));
  }
}

/** It may have got there. */
function unanswered(view: LogBatch, keep: boolean): WriteFailure {
  const reason = keep ? 'no answer when shimd was replaced' : 'no answer at the end';
  return refusal(view.count, reason, { retry: true });
}
