import { performance } from 'node:perf_hooks';
import type { DriverCounters } from '../metrics/counters.js';
import type { MovedRecords, RecordPipe } from '../plugin/file-lane.js';
import type { LogBatch, StreamName } from '../plugin/log-batch.js';
import type { LogCloseReason, LogDriver } from '../plugin/log-driver.js';
import type { PluginLogger } from '../plugin/plugin-context.js';
import { ShimError } from '../plugin/shim-error.js';
import { withinOwnTime } from './deadline.js';
import { gapRecord } from './gaps/gap-record.js';
import type { Loss } from './gaps/loss.js';
import type { LossLedger } from './loss-ledger.js';
import { openFailure, openTooLong } from './open-failure.js';
import { settledDriver } from './settled-driver.js';
import { failureOf, refusal, type WriteFailure } from './write-failure.js';

const OPEN_AGAIN_MS = 1_000;

/** What {@link DriverPort} needs. */
export interface PortOptions {
  /** Unique among the drivers of one container. */
  readonly name: string;
  readonly driver: LogDriver;
  readonly ledger: LossLedger;
  readonly counters: DriverCounters;
  readonly logger: PluginLogger;
  /** Longest wait for one call. */
  readonly timeoutMs: number;
}

/**
 * One driver behind a deadline; its calls never overlap. A driver that doesn't answer in time is stalled: until it does, it gets no
 * calls, and nobody waits for it.
 */
export class DriverPort {
  /** Resolves when a stalled driver answers; undefined: it is not stalled. */
  stalled: Promise<void> | undefined;
  /** Streams whose last record was partial. */
  readonly #open: Record<StreamName, boolean> = { stdout: false, stderr: false };
  #failing = false;
  #closed = false;
  /** When to try again to open a driver that could not be opened after a restart; undefined: it is open. */
  #openAgainAt: number | undefined;
  /** Why to close a stalled driver once it answers: what it holds must not be held for ever. */
  #closeLater: LogCloseReason | undefined;
  /** The call in progress: stdout and stderr come from two pumps. */
  #current: Promise<unknown> | undefined;
  #lastWriteMs = 0;
  #writing: number | undefined;

  readonly driver: LogDriver;

  constructor(readonly options: PortOptions) {
    this.driver = settledDriver(options.driver);
  }

  get name(): string {
    return this.options.name;
  }

  /** Milliseconds that the last call of `write` took, or that the one under way has taken. */
  get writeMs(): number {
    return this.#writing === undefined ? this.#lastWriteMs : performance.now() - this.#writing;
  }

  /** Rejects with the driver's error, or SHIM_LOG_OPEN if it takes too long. */
  async open(): Promise<void> {
    const { driver } = this;
    const { name, timeoutMs } = this.options;
    if (driver.open === undefined) return;
    const controller = new AbortController();
    try {
      if (await withinOwnTime(timeoutMs, driver.open(controller.signal))) return;
    } catch (error) {
      throw openFailure(error, name);
    } finally {
      controller.abort();
    }
    throw openTooLong(name, 'open', timeoutMs);
  }

  /** For a container that runs already: a driver that can't be opened now is opened later, before a write. */
  async openOrLater(): Promise<void> {
    try {
      await this.open();
      this.#openAgainAt = undefined;
    } catch (error) {
      this.#openAgainAt = Date.now() + OPEN_AGAIN_MS;
      this.#fails(error, 'log driver does not open');
    }
  }

  /** Undefined: all is taken. */
  async write(batch: LogBatch): Promise<WriteFailure | undefined> {
    while (this.#current !== undefined) await this.#current;
    const call = this.#write(batch);
    this.#current = call;
    const failure = await call;
    this.#current = undefined;
    return failure;
  }

  /** As {@link Outlet.direct}. */
  async direct(pipe: RecordPipe): Promise<MovedRecords | undefined> {
    while (this.#current !== undefined) await this.#current;
    const { driver } = this;
    const { timeoutMs, counters } = this.options;
    const works = this.stalled === undefined && !this.#failing && !this.#closed && this.#openAgainAt === undefined;
    if (!works || driver.direct === undefined) return undefined;
    const begun = performance.now();
    const moving = driver.direct(pipe);
    const answered = withinOwnTime(timeoutMs, moving);
    this.#occupy(answered);
    try {
      if (await answered) return counted(await moving, counters, performance.now() - begun);
    } catch {
      return undefined;
    }
    // The host takes the pipe back: what the driver still does must not consume from it.
    pipe.stop(true);
    counters.failures += 1;
    this.#stall(moving);
    return undefined;
  }

  /** Tells of a loss, by the driver's `gap` or a record. */
  async tell(loss: Loss): Promise<WriteFailure | undefined> {
    while (this.#current !== undefined) await this.#current;
    const call = this.#tell(loss);
    this.#current = call;
    const failure = await call;
    this.#current = undefined;
    if (failure !== undefined && failure.lost > 0) return failure;
    this.options.ledger.tell(this.name, loss);
    return undefined;
  }

  /** Rejects as {@link Outlet.reopen}. */
  async reopen(): Promise<void> {
    while (this.#current !== undefined) await this.#current;
    const { name, timeoutMs } = this.options;
    if (this.#closed) throw new ShimError('SHIM_ILLEGAL_STATE', `log driver ${name} is closed`, { where: name });
    if (this.stalled) throw new ShimError('SHIM_LOG_OPEN', `log driver ${name} does not answer`, { where: name });
    const pending = this.#reopen();
    const answered = withinOwnTime(timeoutMs, pending);
    this.#occupy(answered);
    if (await answered) return;
    this.#stall(pending);
    throw openTooLong(name, 'reopen', timeoutMs);
  }

  async flush(ms = this.options.timeoutMs): Promise<void> {
    if (this.stalled) return;
    const { driver } = this;
    const { counters } = this.options;
    const begun = performance.now();
    await this.#call('flush', ms, (signal) => driver.flush(signal));
    counters.flushes += 1;
    counters.flushSeconds += (performance.now() - begun) / 1_000;
  }

  /** A stalled driver is closed when it answers again, and not waited for. */
  async close(reason: LogCloseReason): Promise<void> {
    this.#closed = true;
    if (this.stalled) this.#closeLater = reason;
    const { ledger, name, timeoutMs } = this.options;
    await this.#call('close', timeoutMs, async (signal) => {
      const { lost } = await this.driver.close(reason, signal);
      ledger.add(name, { records: lost, bytes: 0, reason: 'close' });
    });
  }

  /** Waits no longer for the call in progress, whatever its deadline. */
  abandon(): void {
    const pending = this.#current;
    if (pending === undefined || this.stalled !== undefined) return;
    this.#current = undefined;
    this.#stall(pending);
  }

  async #write(batch: LogBatch): Promise<WriteFailure | undefined> {
    const { driver } = this;
    const { counters } = this.options;
    const begun = performance.now();
    this.#writing = begun;
    const failure = await this.#attempt(batch.count, () => driver.write(batch));
    this.#writing = undefined;
    this.#lastWriteMs = performance.now() - begun;
    if (failure?.busy !== true) {
      counters.writes += 1;
      counters.writeSeconds += this.#lastWriteMs / 1_000;
    }
    const taken = batch.count - (failure?.lost ?? 0);
    if (taken > 0) {
      counters.records += taken;
      counters.bytes += batch.ends[taken - 1]!;
      this.#open[batch.stream] = batch.partial(taken - 1);
    }
    return failure;
  }

  async #tell(loss: Loss): Promise<WriteFailure | undefined> {
    const { driver } = this;
    if (driver.gap !== undefined) return this.#attempt(1, () => driver.gap?.(loss));
    const record = gapRecord(loss, this.#open[loss.stream]);
    const failure = await this.#attempt(record.count, () => driver.write(record));
    if (failure === undefined || failure.lost < record.count) this.#open[loss.stream] = false;
    return failure;
  }

  async #attempt(count: number, call: () => void | Promise<void>): Promise<WriteFailure | undefined> {
    if (this.stalled !== undefined) return refusal(count, 'stalled');
    if (this.#openAgainAt !== undefined && Date.now() >= this.#openAgainAt) await this.openOrLater();
    if (this.#openAgainAt !== undefined) return refusal(count, 'not open', { retry: true });
    try {
      const pending = call();
      if (pending === undefined || (await withinOwnTime(this.options.timeoutMs, pending))) return this.#recovered();
      this.options.counters.failures += 1;
      this.#stall(pending);
      return refusal(count, 'timeout', { busy: true });
    } catch (error) {
      this.options.counters.failures += 1;
      this.#fails(error, 'log driver fails');
      return failureOf(error, count);
    }
  }

  async #reopen(): Promise<void> {
    const { driver } = this;
    const { name } = this.options;
    if (this.#openAgainAt !== undefined) {
      await this.open();
      this.#openAgainAt = undefined;
      return;
    }
    try {
      await driver.reopen?.();
    } catch (error) {
      throw openFailure(error, name);
    }
  }

  #occupy(call: Promise<unknown>): void {
    this.#current = call.catch(() => undefined).finally(() => (this.#current = undefined));
  }

  #recovered(): undefined {
    if (this.#failing) this.options.logger.info({ driver: this.name }, 'log driver works again');
    this.#failing = false;
  }

  #fails(error: unknown, what: string): void {
    if (!this.#failing) this.options.logger.error({ err: error, driver: this.name }, what);
    this.#failing = true;
  }

  #stall(pending: Promise<unknown>): void {
    this.options.logger.error({ driver: this.name }, 'log driver does not answer: it gets nothing until it does');
    const over = (): void => {
      // An abandoned call may have come to its own deadline meanwhile.
      if (this.stalled !== stalled) return;
      this.stalled = undefined;
      this.options.logger.info({ driver: this.name }, 'log driver answers again');
      if (this.#closeLater !== undefined) void this.close(this.#closeLater);
    };
    const stalled: Promise<void> = pending.then(over, over);
    this.stalled = stalled;
  }

  async #call(what: string, ms: number, call: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
    while (this.#current !== undefined) await this.#current;
    if (this.stalled) return;
    const controller = new AbortController();
    try {
      const answered = withinOwnTime(ms, call(controller.signal));
      this.#occupy(answered);
      if (await answered) return;
      this.options.counters.failures += 1;
      this.options.logger.error({ driver: this.name }, `log driver: ${what} takes too long`);
    } catch (error) {
      this.options.counters.failures += 1;
      this.options.logger.error({ err: error, driver: this.name }, `log driver: ${what} failed`);
    } finally {
      controller.abort();
    }
  }
}

function counted(moved: MovedRecords, counters: DriverCounters, ms: number): MovedRecords {
  counters.records += moved.records;
  counters.bytes += moved.bytes;
  counters.writes += 1;
  counters.writeSeconds += ms / 1_000;
  return moved;
}
