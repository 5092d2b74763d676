import {
  containerFacts,
  type LogBatch,
  type LogCloseReason,
  type LogDriver,
  type LogDriverContext,
  type LogLoss,
  type LogWriteFailure,
  type ShimError,
} from '@holdfast/core/plugin';
import { ChunkMaker } from './chunk/chunk-maker.js';
import { deadlineOf } from './net/deadline.js';
import { Link } from './net/link.js';
import { Receiver } from './net/receiver.js';
import { receiverError } from './net/trouble.js';
import { formatAddress } from './options/address.js';
import type { Settings } from './options/settings.js';
import { renderTag } from './options/tag.js';
import { labelFields } from './record/label-fields.js';

/** Most records that one call gets: what they are with their fields is about as much as fits into one chunk. */
const BATCH_RECORDS = 2048;

/** Sends the records of one container to a receiver of the forward protocol. */
export class FluentdLogDriver implements LogDriver {
  readonly batchRecords = BATCH_RECORDS;
  private readonly link: Link;
  private readonly address: string;
  private madeBefore: ChunkMaker | undefined;

  constructor(
    private readonly context: LogDriverContext,
    private readonly settings: Settings,
  ) {
    this.address = formatAddress(settings.endpoint);
    const connect = (signal: AbortSignal): Promise<Receiver> => Receiver.connect(settings, signal);
    this.link = new Link({ connect, ackTimeoutMs: settings.ackTimeoutMs });
  }

  /** Rejects with SHIM_LOG_OPEN. */
  async open(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    try {
      await this.link.open(deadlineOf(this.context.callTimeoutMs), signal);
    } catch (error) {
      throw receiverError('SHIM_LOG_OPEN', this.address, error);
    }
  }

  /** Rejects with SHIM_LOG_WRITE, `lost` and `retry`. */
  async write(batch: LogBatch): Promise<void> {
    const until = deadlineOf(this.context.callTimeoutMs);
    const { chunks } = this;
    for (let done = 0; done < batch.count;) {
      const span = chunks.span(batch, done);
      try {
        chunks.taken(batch.stream, await this.link.deliver(chunks.records(span), until));
      } catch (error) {
        throw this.writeFailure(error, { lost: batch.count - done, retry: true });
      }
      done = span.to;
    }
  }

  /** Rejects with SHIM_LOG_WRITE and `retry`. */
  async gap(loss: LogLoss): Promise<void> {
    try {
      await this.link.deliver(this.chunks.gap(loss), deadlineOf(this.context.callTimeoutMs));
    } catch (error) {
      throw this.writeFailure(error, { retry: true });
    }
  }

  /** What `write` has resolved for is with the receiver. */
  async flush(): Promise<void> {
    return Promise.resolve();
  }

  async close(_reason: LogCloseReason, signal: AbortSignal): Promise<{ lost: number }> {
    await this.link.close(signal);
    return { lost: 0 };
  }

  private get chunks(): ChunkMaker {
    return (this.madeBefore ??= this.makeChunks());
  }

  private makeChunks(): ChunkMaker {
    const { container, logger } = this.context;
    const { tag, labels, requestAck, gzip, nanoseconds } = this.settings;
    const facts = containerFacts(container);
    const { fields: chosen, refused } = labelFields(container, labels);
    if (refused.length > 0) logger.warn({ id: container.id, labels: refused.slice(0, 20) }, 'labels are no fields');
    const own = [['container_id', facts.FullID] as const, ['container_name', facts.Name] as const];
    const fields = [...own, ...chosen];
    return new ChunkMaker({ container, tag: renderTag(tag, facts), fields, requestAck, gzip, nanoseconds });
  }

  private writeFailure(error: unknown, failure: LogWriteFailure): ShimError & LogWriteFailure {
    return Object.assign(receiverError('SHIM_LOG_WRITE', this.address, error), failure);
  }
}
