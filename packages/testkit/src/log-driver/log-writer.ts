import {
  isShimError,
  type LogCloseReason,
  type LogDriver,
  type LogWriteFailure,
  type StreamName,
} from '@holdfast/core/plugin';
import { batchOf, lineOf } from '../batches/batch.js';
import type { TestLogDriverContext } from '../contexts/log-driver-host.js';
import { within } from '../suite/until.js';

const NEVER = new AbortController().signal;

/** What a test may choose of a write. */
export interface WriteOptions {
  readonly stream?: StreamName;
  /** Nanoseconds since the epoch. */
  readonly time?: bigint;
}

/** An open driver, called as the host calls it: one call at a time, each with a deadline. */
export class LogWriter {
  readonly #sequences = { stdout: 0, stderr: 0 };
  #closed = false;
  #killed = false;
  #mayComplain = false;

  constructor(
    readonly driver: LogDriver,
    private readonly clock: () => bigint,
    readonly context: TestLogDriverContext,
  ) {}

  /** Writes one batch of `texts`, one byte a character; a text without newline is a partial record. Returns its time. */
  async write(
    texts: readonly string[],
    { stream = 'stdout', time = this.clock() }: WriteOptions = {},
  ): Promise<bigint> {
    const most = this.driver.batchRecords ?? texts.length;
    for (let i = 0; i < texts.length; i += most) await this.#writeBatch(texts.slice(i, i + most), { stream, time });
    return time;
  }

  /** Writes one batch; resolves to how many of its records, the last ones, were not taken. An error must say so as the host needs it. */
  async attempt(texts: readonly string[]): Promise<number> {
    try {
      await this.write(texts);
      return 0;
    } catch (error) {
      if (!isShimError(error)) throw error;
      const { lost } = error as LogWriteFailure;
      return lost ?? texts.length;
    }
  }

  /** The shim is killed when `bytes` of the batch are in the file, if the driver writes files with lanes; after the write if not. */
  async killInWrite(texts: readonly string[], bytes: number): Promise<void> {
    this.#killed = true;
    this.context.killInWrite(bytes);
    await within('write', Promise.allSettled([this.write(texts)]));
    await this.kill();
  }

  async #writeBatch(texts: readonly string[], { stream, time }: Required<WriteOptions>): Promise<void> {
    const batch = batchOf(texts.map(lineOf), { stream, time, sequence: this.#sequences[stream] });
    this.#sequences[stream] += texts.length;
    await within('write', Promise.resolve(this.driver.write(batch)));
    // The host reuses its buffers for the next batch.
    batch.bytes.fill(0x58);
    batch.ends.fill(0);
  }

  async flush(): Promise<void> {
    await within('flush', this.driver.flush(NEVER));
  }

  async reopen(): Promise<void> {
    await within('reopen', Promise.resolve(this.driver.reopen?.()));
  }

  /** The shim is killed. What the driver holds besides files of lanes is given back when the bench is closed. */
  async kill(): Promise<void> {
    this.#killed = true;
    await this.context.kill();
  }

  /** There is something to complain of: a warning is no failure. */
  mayComplain(): void {
    this.#mayComplain = true;
  }

  /** What the driver complained of; one that was killed says nothing. */
  complaints(): string[] {
    return this.#killed || this.#mayComplain ? [] : this.context.logger.complaints();
  }

  /** Does nothing the second time. */
  async close(reason: LogCloseReason = 'drained'): Promise<{ lost: number }> {
    if (this.#closed) return { lost: 0 };
    this.#closed = true;
    if (!this.#killed) return within('close', this.driver.close(reason, NEVER));
    await within('close', Promise.allSettled([this.driver.close('restart', NEVER)]));
    return { lost: 0 };
  }
}
