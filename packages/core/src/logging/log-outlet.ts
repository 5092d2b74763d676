import type { DriverCounters } from '../metrics/counters.js';
import type { MovedRecords, RecordPipe } from '../plugin/file-lane.js';
import type { LogBatch } from '../plugin/log-batch.js';
import type { LogCloseReason, LogDriver, LogLoss } from '../plugin/log-driver.js';
import type { PluginLogger } from '../plugin/plugin-context.js';
import { asShimError, ShimError } from '../plugin/shim-error.js';
import { within } from './deadline.js';
import type { LossLedger } from './loss-ledger.js';
import { splitBatch } from './split-batch.js';

const OPEN_AGAIN_MS = 1_000;

/** What {@link LogOutlet} needs. */
export interface LogOutletOptions {
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
 * One driver behind a deadline. A driver that doesn't answer in time is stalled: until it does, its records are counted as lost,
 * and nobody waits for it.
 */
export class LogOutlet {
  #stalled = false;
  #failing = false;
  #closed = false;
  /** When to try again to open a driver that could not be opened after a restart; undefined: it is open. */
  #openAgainAt: number | undefined;
  /** Why to close a stalled driver once it answers: what it holds must not be held for ever. */
  #closeLater: LogCloseReason | undefined;
  /** The call in progress: stdout and stderr come from two pumps, and a driver's calls never overlap. */
  #current: Promise<unknown> | undefined;

  constructor(private readonly options: LogOutletOptions) {}

  get name(): string {
    return this.options.name;
  }

  get driver(): LogDriver {
    return this.options.driver;
  }

  /** Rejects with the driver's error, or SHIM_LOG_OPEN if it takes too long. */
  async open(): Promise<void> {
    const { driver, name, timeoutMs } = this.options;
    if (driver.open === undefined) return;
    const controller = new AbortController();
    try {
      if (await within(timeoutMs, driver.open(controller.signal))) return;
    } catch (error) {
      throw asShimError(error, 'SHIM_LOG_OPEN', `log driver ${name}`);
    } finally {
      controller.abort();
    }
    throw new ShimError('SHIM_LOG_OPEN', `log driver ${name} did not open within ${timeoutMs} ms`, { where: name });
  }

  /** For a container that runs already: a driver that can't be opened now is opened later, and what comes meanwhile is counted. */
  async openOrLater(): Promise<void> {
    try {
      await this.open();
      this.#openAgainAt = undefined;
    } catch (error) {
      this.#openAgainAt = Date.now() + OPEN_AGAIN_MS;
      if (!this.#failing)
        this.options.logger.error(
          { err: error, driver: this.options.name },
          'log driver does not open: records are lost',
        );
      this.#failing = true;
    }
  }

  /** True if the driver may still use the batch's buffer. */
  async write(batch: LogBatch): Promise<boolean> {
    while (this.#current !== undefined) await this.#current;
    const write = this.#writePieces(batch);
    this.#current = write;
    const busy = await write;
    this.#current = undefined;
    return busy;
  }

  /** Lets the driver move records out of the pipe; undefined if it can't now: `write` is the way then, and meets its errors. */
  async direct(pipe: RecordPipe): Promise<MovedRecords | undefined> {
    while (this.#current !== undefined) await this.#current;
    const { driver, timeoutMs } = this.options;
    const works = !this.#stalled && !this.#failing && !this.#closed && this.#openAgainAt === undefined;
    if (!works || driver.direct === undefined) return undefined;
    const moving = driver.direct(pipe);
    const answered = within(timeoutMs, moving);
    this.#occupy(answered);
    try {
      if (await answered) return await moving;
    } catch {
      return undefined;
    }
    // The host takes the pipe back: what the driver still does must not consume from it.
    pipe.stop(true);
    this.#stallUntil(moving);
    return undefined;
  }

  async #writePieces(batch: LogBatch): Promise<boolean> {
    const { batchRecords } = this.options.driver;
    if (batchRecords === undefined || batch.count <= batchRecords) return this.#write(batch);
    let busy = false;
    for (const piece of splitBatch(batch, batchRecords)) busy = (await this.#write(piece)) || busy;
    return busy;
  }

  async #write(batch: LogBatch): Promise<boolean> {
    if (this.#stalled) {
      this.#lose(batch, batch.count, 'stalled');
      return false;
    }
    if (this.#openAgainAt !== undefined && Date.now() >= this.#openAgainAt) await this.openOrLater();
    if (this.#openAgainAt !== undefined) {
      this.#lose(batch, batch.count, 'not open');
      return false;
    }
    try {
      const pending = this.options.driver.write(batch);
      if (pending === undefined) return this.#recovered();
      if (await within(this.options.timeoutMs, pending)) return this.#recovered();
      this.#stall(batch, pending);
      return true;
    } catch (error) {
      this.#lose(batch, lostRecords(error, batch), reasonOf(error));
      if (!this.#failing)
        this.options.logger.error({ err: error, driver: this.options.name }, 'log driver fails: records are lost');
      this.#failing = true;
      return false;
    }
  }

  /**
   * Between two writes. Rejects with the driver's error, SHIM_LOG_OPEN if it does not answer in time, or SHIM_ILLEGAL_STATE if it is
   * closed.
   */
  async reopen(): Promise<void> {
    while (this.#current !== undefined) await this.#current;
    const { name, timeoutMs } = this.options;
    if (this.#closed) throw new ShimError('SHIM_ILLEGAL_STATE', `log driver ${name} is closed`, { where: name });
    if (this.#stalled) throw new ShimError('SHIM_LOG_OPEN', `log driver ${name} does not answer`, { where: name });
    const pending = this.#reopen();
    const answered = within(timeoutMs, pending);
    this.#occupy(answered);
    if (await answered) return;
    this.#stallUntil(pending);
    throw new ShimError('SHIM_LOG_OPEN', `log driver ${name} did not reopen within ${timeoutMs} ms`, { where: name });
  }

  async #reopen(): Promise<void> {
    const { driver, name } = this.options;
    if (this.#openAgainAt !== undefined) {
      await this.open();
      this.#openAgainAt = undefined;
      return;
    }
    try {
      await driver.reopen?.();
    } catch (error) {
      throw asShimError(error, 'SHIM_LOG_OPEN', `log driver ${name}`);
    }
  }

  /** Counts records that the driver is not given. */
  lose({ records, bytes, reason, stream }: LogLoss): void {
    this.options.ledger.add(this.options.name, { records, bytes, reason, stream });
  }

  async flush(): Promise<void> {
    await this.#call('flush', (signal) => this.options.driver.flush(signal));
  }

  /** A stalled driver is closed when it answers again, and not waited for. */
  async close(reason: LogCloseReason): Promise<void> {
    this.#closed = true;
    if (this.#stalled) this.#closeLater = reason;
    await this.#call('close', async (signal) => {
      const { lost } = await this.options.driver.close(reason, signal);
      this.options.ledger.add(this.options.name, { records: lost, bytes: 0, reason: 'close' });
    });
  }

  #occupy(call: Promise<unknown>): void {
    this.#current = call.catch(() => undefined).finally(() => (this.#current = undefined));
  }

  #recovered(): false {
    if (this.#failing) this.options.logger.info({ driver: this.options.name }, 'log driver works again');
    this.#failing = false;
    return false;
  }

  #stall(batch: LogBatch, pending: Promise<void>): void {
    this.#lose(batch, batch.count, 'timeout');
    this.#stallUntil(pending);
  }

  #stallUntil(pending: Promise<unknown>): void {
    this.#stalled = true;
    this.options.logger.error(
      { driver: this.options.name },
      'log driver does not answer: records are lost until it does',
    );
    const over = (): void => {
      this.#stalled = false;
      this.options.logger.info({ driver: this.options.name }, 'log driver answers again');
      if (this.#closeLater !== undefined) void this.close(this.#closeLater);
    };
    pending.then(over, over);
  }

  #lose(batch: LogBatch, records: number, reason: string): void {
    const bytes =
      records === batch.count ? batch.bytes.length : Math.round((batch.bytes.length * records) / batch.count);
    this.options.ledger.add(this.options.name, { records, bytes, reason, stream: batch.stream });
  }

  async #call(what: string, call: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
    while (this.#current !== undefined) await this.#current;
    if (this.#stalled) return;
    const controller = new AbortController();
    try {
      const answered = within(this.options.timeoutMs, call(controller.signal));
      this.#occupy(answered);
      if (await answered) return;
      this.options.logger.error({ driver: this.options.name }, `log driver: ${what} takes too long`);
    } catch (error) {
      this.options.logger.error({ err: error, driver: this.options.name }, `log driver: ${what} failed`);
    } finally {
      controller.abort();
    }
  }
}

function lostRecords(error: unknown, batch: LogBatch): number {
  const lost = (error as { lost?: unknown } | null)?.lost;
  return typeof lost === 'number' && lost >= 0 && lost <= batch.count ? lost : batch.count;
}

function reasonOf(error: unknown): string {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: { code?: unknown } };
  if (typeof cause?.code === 'string') return cause.code;
  return typeof code === 'string' ? code : 'error';
}
