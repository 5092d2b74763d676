import { performance } from 'node:perf_hooks';
import {
  type ErrorCode,
  type LogBatch,
  type LogCloseReason,
  type LogDriver,
  type LogDriverContext,
  type LogLoss,
  type LogWriteFailure,
  type ShimError,
} from '@holdfast/core/plugin';
import { headsOf } from './message/identity.js';
import { MessageEncoder } from './message/message-encoder.js';
import { Slice } from './message/slice.js';
import type { Settings } from './options/settings.js';
import { messageOf } from './system-error.js';
import { makeTransport } from './transport/make-transport.js';
import type { Transport } from './transport/transport.js';
import { syslogError } from './transport/trouble.js';

/** Of the host's deadline, what the driver uses: it must still answer in time. */
const SHARE = 0.8;
const DEFAULT_TIMEOUT_MS = 5_000;

/** Sends the records of one container to a syslog server. */
export class SyslogLogDriver implements LogDriver {
  readonly batchRecords: number;
  private readonly transport: Transport;
  /** Made for the first record: many containers print nothing. */
  private work: { readonly encoder: MessageEncoder; readonly slice: Slice } | undefined;

  constructor(
    private readonly context: LogDriverContext,
    private readonly settings: Settings,
  ) {
    this.transport = makeTransport(settings, context, (error, what) => this.warn(error, what));
    this.batchRecords = this.transport.batchRecords;
  }

  /** Rejects with SHIM_LOG_OPEN if the server can't be reached, unless it need not be. */
  async open(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    try {
      await this.transport.open(this.deadline());
    } catch (error) {
      if (this.settings.required) throw this.errorOf(error, 'SHIM_LOG_OPEN');
      this.warn(error, 'cannot be reached yet');
    }
  }

  /** Rejects with SHIM_LOG_WRITE, which may be tried again, with how many records were not taken. */
  async write(batch: LogBatch): Promise<void> {
    const { encoder, slice } = this.tools();
    const deadline = this.deadline();
    for (let taken = 0; taken < batch.count;) {
      const obstacle = await this.transport.ready(deadline);
      if (obstacle !== undefined) throw this.writeError(obstacle, batch.count - taken);
      const before = encoder.save();
      const next = encoder.encode(batch, [taken, batch.count], slice);
      const { messages, error } = await this.transport.send(slice, next - taken, deadline);
      if (error === undefined) taken = next;
      else {
        const complete = slice.completeAfter(messages, taken);
        encoder.restore(before);
        // Numbers and pieces go on from the last record that was taken.
        if (complete > taken) encoder.encode(batch, [taken, complete], slice);
        throw this.writeError(error, batch.count - complete);
      }
    }
  }

  /** A message of its own, with severity warning. Rejects as `write` does. */
  async gap(loss: LogLoss): Promise<void> {
    const { encoder, slice } = this.tools();
    const deadline = this.deadline();
    const before = encoder.save();
    let error = await this.transport.ready(deadline);
    if (error === undefined) {
      encoder.encodeGap(loss, slice);
      ({ error } = await this.transport.send(slice, 0, deadline));
    }
    if (error === undefined) return;
    encoder.restore(before);
    throw this.writeError(error, 0);
  }

  /** Resolves when the kernel has everything. Rejects with SHIM_LOG_WRITE. */
  async flush(signal: AbortSignal): Promise<void> {
    try {
      await this.transport.flush(this.deadline(signal));
    } catch (error) {
      throw this.writeError(error, 0);
    }
  }

  /** Waits until everything has been sent, and for the server to close its side, for a while. */
  async close(_reason: LogCloseReason, signal: AbortSignal): Promise<{ lost: number }> {
    return { lost: await this.transport.close(this.deadline(signal)) };
  }

  private tools(): { readonly encoder: MessageEncoder; readonly slice: Slice } {
    if (this.work !== undefined) return this.work;
    const { container, logger } = this.context;
    const heads = headsOf(container, this.settings);
    if (heads.refused.length > 0)
      logger.warn({ id: container.id, params: heads.refused.slice(0, 20) }, 'syslog: no room for structured data');
    return (this.work = { encoder: new MessageEncoder(heads, this.settings), slice: new Slice() });
  }

  private deadline(signal?: AbortSignal): number {
    const now = performance.now();
    return signal?.aborted === true ? now : now + SHARE * (this.context.callTimeoutMs ?? DEFAULT_TIMEOUT_MS);
  }

  private warn(error: unknown, what: string): void {
    const { container, logger } = this.context;
    const { server } = this.settings;
    logger.warn({ id: container.id, server, reason: messageOf(error) }, `syslog server: ${what}`);
  }

  private errorOf(error: unknown, code: ErrorCode): ShimError {
    return syslogError(error, { code, server: this.settings.server, address: this.settings.address });
  }

  private writeError(error: unknown, lost: number): ShimError & LogWriteFailure {
    return Object.assign(this.errorOf(error, 'SHIM_LOG_WRITE'), { lost, retry: true });
  }
}
