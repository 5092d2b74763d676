import type { MovedRecords, RecordPipe } from '../plugin/file-lane.js';
import type { LogBatch } from '../plugin/log-batch.js';
import type { LogCloseReason, LogDriver } from '../plugin/log-driver.js';
import type { DriverPort } from './driver-port.js';
import { GapSet } from './gaps/gap-set.js';
import { lossOf, type Loss } from './gaps/loss.js';
import { tellGaps, untoldLosses } from './gaps/tell-gaps.js';
import type { Outlet } from './outlet.js';
import { splitBatch } from './split-batch.js';

/** A driver without a queue: what it has not written stays in the pipe, and what it refuses is lost. */
export class DirectOutlet implements Outlet {
  readonly #gaps = new GapSet();

  constructor(private readonly port: DriverPort) {
    for (const loss of untoldLosses(port)) this.#gaps.add(loss);
  }

  get name(): string {
    return this.port.name;
  }

  get driver(): LogDriver {
    return this.port.driver;
  }

  open(): Promise<void> {
    return this.port.open();
  }

  openOrLater(): Promise<void> {
    return this.port.openOrLater();
  }

  async write(batch: LogBatch): Promise<boolean> {
    const { batchRecords } = this.driver;
    if (batchRecords === undefined || batch.count <= batchRecords) return this.#write(batch);
    let busy = false;
    for (const piece of splitBatch(batch, batchRecords)) busy = (await this.#write(piece)) || busy;
    return busy;
  }

  /** A loss is told by the way of `write`. */
  direct(pipe: RecordPipe): Promise<MovedRecords | undefined> {
    return this.#gaps.empty ? this.port.direct(pipe) : Promise.resolve(undefined);
  }

  committed(): void {
    // Written is safe.
  }

  lose(loss: Loss): void {
    this.port.options.ledger.add(this.name, loss);
    this.#gaps.add(loss);
  }

  ending(): void {
    // No call waits for another.
  }

  flush(): Promise<void> {
    return this.port.flush();
  }

  async close(reason: LogCloseReason): Promise<void> {
    if (reason !== 'deleted' && !this.#gaps.empty) await this.#tell();
    await this.port.close(reason);
  }

  reopen(): Promise<void> {
    return this.port.reopen();
  }

  async #write(batch: LogBatch): Promise<boolean> {
    if (!this.#gaps.empty) await this.#tell();
    const failure = await this.port.write(batch);
    if (failure === undefined) return false;
    const { lost, reason, busy } = failure;
    if (lost > 0) this.lose(lossOf(batch, batch.count - lost, batch.count, reason));
    return busy;
  }

  async #tell(): Promise<void> {
    await tellGaps(this.port, this.#gaps);
  }
}
