import {
  isShimError,
  ShimError,
  type LogBatch,
  type LogCloseReason,
  type LogDriver,
  type LogDriverContext,
  type LogEntry,
  type LogGap,
  type LogHealth,
  type LogQuery,
} from '@holdfast/core/plugin';
import { FORMATS } from './formats.js';
import type { Settings } from './options/settings.js';
import { readLog } from './read/read-log.js';
import { messageOf } from './system-error.js';
import type { RecordEncoder } from './write/encoder.js';
import { Compressor } from './write/compressor.js';
import { attrsOf } from './write/json-attrs.js';
import { LogFile } from './write/log-file.js';
import { Turns } from './write/turns.js';
import { BatchError, writeBatch } from './write/write-batch.js';

/** Writes the records of one container to a file. */
export class FileLogDriver implements LogDriver {
  private readonly encoder: RecordEncoder;
  private file: LogFile | undefined;
  private compressor: Compressor | undefined;
  private trouble: string | undefined;

  constructor(
    private readonly context: LogDriverContext,
    private readonly settings: Settings,
  ) {
    const attrs = attrsOf(context.container.labels, settings.labels);
    this.encoder = FORMATS[settings.format].encoder(attrs);
  }

  /** Rejects with SHIM_LOG_OPEN. */
  async open(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const file = this.currentFile();
    await file.open();
    if (signal.aborted) await file.close();
    signal.throwIfAborted();
    void this.compressor?.resume();
  }

  /** Rejects with SHIM_LOG_WRITE, with `lost`; what was written before the error stays, and the file is not torn. */
  async write(batch: LogBatch): Promise<void> {
    const { encoder, settings } = this;
    try {
      await writeBatch(batch, { file: this.currentFile(), encoder, maxSize: settings.maxSize });
      this.trouble = undefined;
    } catch (error) {
      throw this.writeError(error, batch.count);
    }
  }

  /** What {@link write} took is in the file already. */
  async flush(): Promise<void> {
    await Promise.resolve();
  }

  async close(reason: LogCloseReason, signal: AbortSignal): Promise<{ lost: number }> {
    try {
      await this.file?.close();
    } catch (error) {
      throw this.writeError(error, 0);
    } finally {
      await this.compressor?.stop(reason === 'drained', signal);
    }
    return { lost: 0 };
  }

  /** For somebody who renamed the file. Rejects with SHIM_LOG_OPEN, and the old file stays in use. */
  async reopen(): Promise<void> {
    await this.currentFile().open();
  }

  /** Rejects with SHIM_LOG_READ. */
  read(query: LogQuery, signal: AbortSignal): AsyncIterable<LogEntry | LogGap> {
    const { path, format, maxFiles } = this.settings;
    return readLog({ path, maxFiles, format: FORMATS[format], query, signal });
  }

  health(): LogHealth {
    return this.trouble === undefined ? { ok: true } : { ok: false, message: this.trouble };
  }

  private currentFile(): LogFile {
    return (this.file ??= this.makeFile());
  }

  private makeFile(): LogFile {
    const { path, mode, maxFiles, compress } = this.settings;
    const { logger } = this.context;
    const place = { lane: this.context.lane(path), path, mode, maxFiles, logger, naming: new Turns() };
    if (compress) this.compressor = new Compressor({ ...place, background: this.context.lane(path, 'background') });
    return new LogFile({ ...place, terminated: this.encoder.terminates, rotation: this.compressor });
  }

  private writeError(error: unknown, records: number): ShimError & { lost: number } {
    const { path } = this.settings;
    const cause = systemError(error instanceof BatchError ? error.cause : error);
    this.trouble = `cannot write to the log ${path}: ${messageOf(cause)}`;
    const lost = error instanceof BatchError ? error.lost : records;
    return Object.assign(new ShimError('SHIM_LOG_WRITE', this.trouble, { where: path, cause }), { lost });
  }
}

/** Of an error of rotation the reason, so that its code, such as ENOSPC, is the cause's. */
function systemError(error: unknown): unknown {
  return isShimError(error) && error.cause !== undefined ? error.cause : error;
}
