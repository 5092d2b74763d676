import { randomBytes } from 'node:crypto';
import {
  ShimError,
  type DatagramSender,
  type LogBatch,
  type LogDriver,
  type LogDriverContext,
  type LogEntry,
  type LogGap,
  type LogHealth,
  type LogQuery,
} from '@holdfast/core/plugin';
import { factsOf } from './fields/container-facts.js';
import { encodeFields } from './fields/field.js';
import { labelFields } from './fields/label-fields.js';
import { isOwnField, ownFields } from './fields/own-fields.js';
import { journaldPaths } from './journald/paths.js';
import { synchronize } from './journald/synchronize.js';
import type { Settings } from './options/settings.js';
import { renderTag } from './options/tag.js';
import { readJournal } from './read/read-journal.js';
import { codeOf, messageOf } from './system-error.js';
import { Ordinals } from './write/ordinals.js';
import { Patience } from './write/patience.js';
import { RecordFields } from './write/record-fields.js';
import { BatchError, writeBatch, type BatchTarget } from './write/write-batch.js';

/** Most records that one call gets: journald takes some 10 000 a second, and each call has its deadline. */
const BATCH_RECORDS = 256;

interface Failure {
  /** Lost, unless the error tells. */
  readonly records: number;
  readonly what: string;
}

/** Sends the records of one container to journald. */
export class JournaldLogDriver implements LogDriver {
  readonly batchRecords = BATCH_RECORDS;
  private readonly socket: string;
  private target: BatchTarget | undefined;
  private trouble: string | undefined;

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
      throw this.openError(error);
    }
    await Promise.resolve();
  }

  /** Rejects with SHIM_LOG_WRITE, with `lost`, when journald took nothing for most of the host's deadline. */
  async write(batch: LogBatch): Promise<void> {
    try {
      await writeBatch(batch, this.currentTarget());
      this.trouble = undefined;
    } catch (error) {
      throw this.writeError(error, { records: batch.count, what: 'takes no records' });
    }
  }

  /** Rejects with SHIM_LOG_WRITE. */
  async flush(signal: AbortSignal): Promise<void> {
    try {
      await synchronize(this.settings.namespace, signal);
    } catch (error) {
      throw this.writeError(error, { records: 0, what: 'does not say that it has written its records' });
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

  health(): LogHealth {
    return this.trouble === undefined ? { ok: true } : { ok: false, message: this.trouble };
  }

  private sender(): DatagramSender {
    return this.currentTarget().sender;
  }

  private currentTarget(): BatchTarget {
    return (this.target ??= {
      sender: this.context.datagrams(this.socket),
      fields: new RecordFields(this.staticFields(), this.settings.priorityPrefix),
      ordinals: new Ordinals(),
      patience: new Patience(this.context.callTimeoutMs),
    });
  }

  private staticFields(): Buffer {
    const { container, logger } = this.context;
    const facts = factsOf(container);
    const tag = renderTag(this.settings.tag, facts);
    const { createdAt } = container;
    const own = ownFields({ facts, tag, createdAt, epoch: randomBytes(16).toString('hex') });
    const { fields, refused } = labelFields(container, this.settings.labels, isOwnField);
    if (refused.length > 0) logger.warn({ id: container.id, labels: refused.slice(0, 20) }, 'labels are no fields');
    return encodeFields([...own, ...fields]);
  }

  private openError(error: unknown): ShimError {
    const { namespace } = this.settings;
    const unit = namespace === undefined ? 'systemd-journald.socket' : `systemd-journald@${namespace}.socket`;
    const absent = codeOf(error) === 'ENOENT' || codeOf(error) === 'ECONNREFUSED';
    const what = absent ? `journald does not listen at ${this.socket}` : `cannot reach journald at ${this.socket}`;
    return new ShimError('SHIM_LOG_OPEN', `${what}: ${messageOf(error)}`, {
      where: this.socket,
      remedy: `Start journald (systemctl start ${unit}), or use another log driver, such as --log file.`,
      cause: error,
    });
  }

  private writeError(error: unknown, { records, what }: Failure): ShimError & { lost: number } {
    const cause = error instanceof BatchError ? error.cause : error;
    this.trouble = `journald at ${this.socket} ${what}: ${messageOf(cause)}`;
    const lost = error instanceof BatchError ? error.lost : records;
    const remedy = 'Is systemd-journald running? What was lost is counted in `shimctl inspect`.';
    return Object.assign(new ShimError('SHIM_LOG_WRITE', this.trouble, { where: this.socket, remedy, cause }), {
      lost,
    });
  }
}
