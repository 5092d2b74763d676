import { setImmediate as nextTurn } from 'node:timers/promises';
import { deferred } from '../../../src/lifecycle/deferred.js';
import type { FileLane } from '../../../src/plugin/file-lane.js';
import type { LogBatch, StreamName } from '../../../src/plugin/log-batch.js';
import { batchFrom } from '../batch.js';
import type { QueuedDriver, QueuedDriverOptions } from '../queue/queued-driver.js';
import type { SpillingContainer } from './spilling-driver.js';

/** Lines of one stream. */
export interface Printed {
  readonly stream: StreamName;
  readonly lines: readonly string[];
}

type Methods = Record<string, (...parts: readonly unknown[]) => Promise<unknown>>;

/** One life of a shimd, which a kill ends in the middle of whatever it is at. */
export class Life {
  queued!: QueuedDriver;
  /** All that the driver has got, in order. */
  readonly got: Record<StreamName, string[]> = { stdout: [], stderr: [] };
  #alive = true;
  /** Settles what the dead hold, when nobody cares any more. */
  readonly #buried = deferred<void>();
  /** What the driver has got and not said so. */
  #unanswered: Printed | undefined;
  /** What has been read from the pipe and is still in it. */
  readonly #uncommitted = new Map<StreamName, Printed>();
  readonly #sequence: Record<StreamName, number> = { stdout: 0, stderr: 0 };
  #permits = 0;
  #permitted = deferred<void>();
  /** How much of a write gets to the disk that the kill meets. */
  #tear = 0;
  readonly #underway = new Set<Promise<unknown>>();
  readonly #descriptors = new Set<number>();

  static async begin(container: SpillingContainer, settings: QueuedDriverOptions['settings']): Promise<Life> {
    const { lane } = container;
    const life = new Life(lane);
    container.lane = life.#mortal();
    life.queued = await container.start(settings);
    container.lane = lane;
    life.queued.driver.write = (batch) => life.#take(batch);
    return life;
  }

  private constructor(private readonly lane: FileLane) {}

  /** Lets the driver take so many more batches. */
  permit(writes: number): void {
    this.#permits += writes;
    this.#permitted.resolve();
    this.#permitted = deferred();
  }

  /** As a pump does: it is out of the pipe once the queue has all of it. */
  async print(printed: Printed, time: bigint): Promise<void> {
    const { stream, lines } = printed;
    const records = lines.map((line) => `${line}\n`);
    const batch = batchFrom(records, { stream, time, sequence: this.#sequence[stream] });
    this.#sequence[stream] += lines.length;
    this.#uncommitted.set(stream, printed);
    await Promise.race([this.queued.outlet.write(batch), this.#buried.promise]);
    if (!this.#alive) return;
    this.queued.outlet.committed(batch);
    this.#uncommitted.delete(stream);
  }

  /** Resolves to what is still in the pipe, and to what the driver has got and not said so. */
  async kill(tear: number): Promise<{ uncommitted: Printed[]; unanswered: Printed | undefined }> {
    this.#tear = tear;
    this.#alive = false;
    // What was heard in this very turn has been heard.
    for (let i = 0; i < 3; i++) await nextTurn();
    await Promise.all(this.#underway);
    for (const fd of this.#descriptors) await this.lane.close(fd);
    return { uncommitted: [...this.#uncommitted.values()], unanswered: this.#unanswered };
  }

  /** Nothing of it is left in this process. */
  async bury(): Promise<void> {
    this.#buried.resolve();
    await this.queued.outlet.close('deleted');
  }

  async #take(batch: LogBatch): Promise<void> {
    while (this.#permits === 0 && this.#alive) await this.#permitted.promise;
    if (!this.#alive) return this.#buried.promise;
    this.#permits -= 1;
    const lines = Array.from({ length: batch.count }, (_, i) => batch.record(i).bytes.toString());
    const { stream } = batch;
    this.got[stream].push(...lines);
    this.#unanswered = { stream, lines };
    await nextTurn();
    if (!this.#alive) return this.#buried.promise;
    this.#unanswered = undefined;
  }

  /** The dead have nothing done, and what they asked for before is not answered. */
  #mortal(): FileLane {
    const methods = this.lane as unknown as Methods;
    const names = Object.keys(methods).filter((name) => name !== 'move');
    const entries = names.map((name) => [name, (...parts: readonly unknown[]) => this.#ask(name, parts)]);
    return Object.fromEntries(entries) as FileLane;
  }

  async #ask(name: string, parts: readonly unknown[]): Promise<unknown> {
    if (!this.#alive) return this.#dead();
    await nextTurn();
    if (this.#alive) {
      const value = await this.#do(name, parts);
      if (name === 'open') this.#descriptors.add(value as number);
      if (name === 'close') this.#descriptors.delete(parts[0] as number);
      if (this.#alive) return value;
    } else if (name === 'write') {
      const [fd, bytes] = parts as [number, Buffer];
      await this.#do('write', [fd, bytes.subarray(0, this.#tear)]);
    }
    return this.#dead();
  }

  #do(name: string, parts: readonly unknown[]): Promise<unknown> {
    const work = (this.lane as unknown as Methods)[name]!(...parts);
    const settled: Promise<unknown> = work.catch(() => undefined).finally(() => this.#underway.delete(settled));
    this.#underway.add(settled);
    return work;
  }

  async #dead(): Promise<never> {
    await this.#buried.promise;
    throw Object.assign(new Error('dead'), { code: 'EDEAD' });
  }
}
