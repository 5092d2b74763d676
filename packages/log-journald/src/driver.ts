import { randomBytes } from 'node:crypto';
import {
  containerFacts,
  renderTag,
  type DatagramSender,
  type LogBatch,
  type LogDriver,
  type LogDriverContext,
  type LogEntry,
  type LogGap,
  type LogQuery,
  type LogWriteFailure,
  type ShimError,
} from '@holdfast/core/plugin';
import { encodeFields } from './fields/field.js';
import { labelFields } from './fields/label-fields.js';
import { isOwnField, ownFields } from './fields/own-fields.js';
import { journaldPaths } from './journald/paths.js';
import { synchronize } from './journald/synchronize.js';
import { journaldError, mayPass } from './journald/trouble.js';
import type { Settings } from './options/settings.js';
import { readJournal } from './read/read-journal.js';
import { Ordinals } from './write/ordinals.js';
import { Patience } from './write/patience.js';
import { RecordFields } from './write/record-fields.js';
import { BatchError, writeBatch, type BatchTarget } from './write/write-batch.js';

/** Most records that one call gets: journald takes some 10 000 a second, and each call has its deadline. */
const BATCH_RECORDS = 512;

/** Sends the records of one container to journald. */
export class JournaldLogDriver implements LogDriver {
  readonly batchRecords = BATCH_RECORDS;
  private readonly socket: string;
  private target: BatchTarget | undefined;

  constructor(
    private readonly context: LogDriverContext,
    private readonly settings: Settings,
  ) {
    this.socket = journaldPaths(settings.namespace).socket;
  }

  /** Rejects with SHIM_LOG_OPEN if journald does not listen. */
  async open(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    try {
      this.sender().connect();
    } catch (error) {
      this.target?.sender.close();
      throw journaldError(error, { code: 'SHIM_LOG_OPEN', namespace: this.settings.namespace });
    }
    await Promise.resolve();
  }

  /**
   * Rejects with SHIM_LOG_WRITE, with `lost`, when journald took nothing for most of the host's deadline; with `retry` if it may do so
   * later: it is being started anew, or is slow.
   */
  async write(batch: LogBatch): Promise<void> {
    try {
      await writeBatch(batch, this.currentTarget());
    } catch (error) {
      throw this.writeError(error, batch.count);
    }
  }

  /** Rejects with SHIM_LOG_WRITE. */
  async flush(signal: AbortSignal): Promise<void> {
    try {
      await synchronize(this.settings.namespace, signal);
    } catch (error) {
      throw this.writeError(error, 0);
    }
  }

  async close(): Promise<{ lost: number }> {
    this.target?.sender.close();
    return Promise.resolve({ lost: 0 });
  }

  /** Rejects with SHIM_LOG_READ. */
  read(query: LogQuery, signal: AbortSignal): AsyncIterable<LogEntry | LogGap> {
    const { namespace } = this.settings;
    return readJournal({ container: this.context.container, namespace, query, signal });
  }

  private sender(): DatagramSender {
    return this.currentTarget().sender;
  }

  private currentTarget(): BatchTarget {
    return (this.target ??= {
      sender: this.context.datagrams(this.socket),
      fields: new RecordFields(this.staticFields(), this.settings),
      ordinals: new Ordinals(),
      patience: new Patience(this.context.callTimeoutMs),
    });
  }

  private staticFields(): Buffer {
    const { container, logger } = this.context;
    const facts = containerFacts(container);
    const tag = renderTag(this.settings.tag, facts);
    const { createdAt } = container;
    const own = ownFields({ facts, tag, createdAt, epoch: randomBytes(16).toString('hex') });
    const { fields, refused } = labelFields(container, this.settings.labels, isOwnField);
    if (refused.length > 0) logger.warn({ id: container.id, labels: refused.slice(0, 20) }, 'labels are no fields');
    return encodeFields([...own, ...fields]);
  }

  private writeError(error: unknown, records: number): ShimError & LogWriteFailure {
    const { namespace } = this.settings;
    const cause = error instanceof BatchError ? error.cause : error;
    const lost = error instanceof BatchError ? error.lost : records;
    return Object.assign(journaldError(cause, { code: 'SHIM_LOG_WRITE', namespace }), { lost, retry: mayPass(cause) });
  }
}
