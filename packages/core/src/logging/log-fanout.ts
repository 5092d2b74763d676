import type { ContainerCounters } from '../metrics/counters.js';
import type { MovedRecords, RecordPipe } from '../plugin/file-lane.js';
import type { LogBatch, StreamName } from '../plugin/log-batch.js';
import type { LogCloseReason } from '../plugin/log-driver.js';
import { ShimError } from '../plugin/shim-error.js';
import type { Loss } from './gaps/loss.js';
import type { Outlet } from './outlet.js';

/** All log drivers of one container: each gets every batch. */
export class LogFanout {
  #open = false;

  constructor(
    private readonly outlets: readonly Outlet[],
    private readonly streams: ContainerCounters['streams'],
  ) {}

  /** Opens all, or none: those that did open are closed again. Rejects with the first one's error. `before` is called for each. */
  async open(before?: (index: number) => Promise<void>): Promise<void> {
    const opened: Outlet[] = [];
    try {
      for (const [index, outlet] of this.outlets.entries()) {
        await before?.(index);
        await outlet.open();
        opened.push(outlet);
      }
    } catch (error) {
      for (const outlet of opened) await outlet.close('deleted');
      throw error;
    }
    this.#open = true;
  }

  /** For a container that runs already: none is a reason to leave it alone. */
  async openOrLater(): Promise<void> {
    await Promise.all(this.outlets.map((outlet) => outlet.openOrLater()));
    this.#open = true;
  }

  /**
   * Resolves when the batch is where a kill of shimd can't take it, or waits in a queue, or is counted as lost, of each driver; to
   * false if one may still use its buffer.
   */
  async write(batch: LogBatch): Promise<boolean> {
    const counters = this.streams[batch.stream];
    counters.bytes += batch.bytes.length;
    counters.records += batch.count;
    const { outlets } = this;
    const [first] = outlets;
    if (first === undefined) return true;
    if (outlets.length === 1) {
      const busy = await first.write(batch);
      first.committed(batch);
      return !busy;
    }
    const busy = await Promise.all(outlets.map(async (outlet) => outlet.write(batch)));
    for (const outlet of outlets) outlet.committed(batch);
    return !busy.includes(true);
  }

  /** True if its only driver can move records out of a pipe. */
  get isDirect(): boolean {
    const [only] = this.outlets;
    return this.outlets.length === 1 && only?.direct !== undefined && only.driver.direct !== undefined;
  }

  /** Lets it do so; undefined if it can't now. */
  async direct(stream: StreamName, pipe: RecordPipe): Promise<MovedRecords | undefined> {
    const moved = await this.outlets[0]?.direct?.(pipe);
    const counters = this.streams[stream];
    counters.bytes += moved?.bytes ?? 0;
    counters.records += moved?.records ?? 0;
    return moved;
  }

  /** Records of the container that no driver is to get: each counts them, and says so in its log. */
  lose(loss: Loss): void {
    const counters = this.streams[loss.stream];
    counters.bytes += loss.bytes;
    counters.records += loss.records;
    for (const outlet of this.outlets) outlet.lose(loss);
  }

  /** The container has ended: nothing waits for room in a queue longer than `limits.logTimeout`. */
  ending(): void {
    for (const outlet of this.outlets) outlet.ending();
  }

  async flush(): Promise<void> {
    await Promise.all(this.outlets.map((outlet) => outlet.flush()));
  }

  /** Does nothing if they are not open. */
  async close(reason: LogCloseReason): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    await Promise.all(this.outlets.map((outlet) => outlet.close(reason)));
  }

  /**
   * Every driver that can opens its files anew. Rejects with SHIM_UNSUPPORTED if there is none, and with the error of the first that
   * fails, when all have been tried.
   */
  async reopen(): Promise<void> {
    const able = this.outlets.filter((outlet) => outlet.driver.reopen !== undefined);
    if (able.length === 0) throw cannotReopen(this.outlets.map(({ name }) => name));
    const results = await Promise.allSettled(able.map((outlet) => outlet.reopen()));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }
}

function cannotReopen(names: readonly string[]): ShimError {
  const why = names.length === 0 ? 'it keeps no logs' : `${names.join(', ')} cannot`;
  return new ShimError('SHIM_UNSUPPORTED', `no log driver of the container can open its files anew: ${why}`, {
    where: 'logs',
    remedy: 'Only logs that are files are renamed and opened anew, such as those of the driver "file".',
  });
}
