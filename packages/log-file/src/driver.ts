import {
  isShimError,
  ShimError,
  type LogBatch,
  type LogCloseReason,
  type LogDriver,
  type LogDriverContext,
  type LogEntry,
  type LogGap,
  type LogLoss,
  type LogQuery,
  type MovedRecords,
  type RecordPipe,
} from '@holdfast/core/plugin';
import { FORMATS } from './formats.js';
import type { Settings } from './options/settings.js';
import { readLog } from './read/read-log.js';
import { codeOf, messageOf } from './system-error.js';
import type { RecordEncoder } from './write/encoder.js';
import { attrsOf } from './write/json-attrs.js';
import { LogWriter } from './write/log-writer.js';
import { BatchError, LogFullError, writeBatch } from './write/write-batch.js';
import { writeGap } from './write/write-gap.js';

/** Errors after which an open file may never work again, although a file at its path does: remounted, mounted anew, another server. */
const FILE_SYSTEM_GONE = new Set(['EROFS', 'EIO', 'ESTALE', 'ENODEV', 'ENXIO', 'ESHUTDOWN', 'EUCLEAN']);

/** Writes the records of one container to a file. */
export class FileLogDriver implements LogDriver {
  readonly local = true;
  private readonly encoder: RecordEncoder;
  /** Left out where a lane can't write alone: with a format of its own, an age to look at, or a disk to wait for. */
  readonly direct?: (pipe: RecordPipe) => Promise<MovedRecords>;
  private readonly attrs: string | undefined;
  private opened: LogWriter | undefined;
  /** The file system failed: it may have been mounted anew since. */
  private adrift = false;

  constructor(
    private readonly context: LogDriverContext,
    private readonly settings: Settings,
  ) {
    this.attrs = attrsOf(context.container.labels, settings.labels);
    this.encoder = FORMATS[settings.format].encoder(this.attrs);
    const { moved } = this.encoder;
    const waits = settings.maxAge !== undefined || !['never', 'rotate'].includes(String(settings.sync));
    if (moved !== undefined && !waits) this.direct = (pipe) => this.move(pipe, moved);
  }

  /** Rejects with SHIM_LOG_OPEN. */
  async open(signal: AbortSignal): Promise<void> {
    await this.writer().open(signal);
  }

  /** Rejects with SHIM_LOG_WRITE, with `lost`; what was written before the error stays, and the file is not torn. */
  async write(batch: LogBatch): Promise<void> {
    const { encoder, settings } = this;
    try {
      if (this.adrift) await this.comeBack();
      await writeBatch(batch, { file: this.writer().file, encoder, maxSize: settings.maxSize });
    } catch (error) {
      throw this.writeError(error, batch.count);
    }
  }

  /** Rejects with SHIM_LOG_WRITE; then nothing of it is in the file. */
  async gap(loss: LogLoss): Promise<void> {
    const { attrs, settings, encoder } = this;
    const { maxSize, format } = settings;
    // Whoever bounds a log wants the container's output alone in it.
    if (settings.maxWritten !== undefined && this.writer().file.left > 0) return;
    try {
      if (settings.maxWritten !== undefined) throw new LogFullError();
      if (this.adrift) await this.comeBack();
      const target = { file: this.writer().file, time: loss.to, mayBeMidLine: !encoder.terminates, maxSize };
      await writeGap(FORMATS[format].gap(loss, attrs), target);
    } catch (error) {
      throw this.writeError(error, 0);
    }
  }

  /** What {@link write} took is in the file already. */
  async flush(): Promise<void> {
    await Promise.resolve();
  }

  async close(reason: LogCloseReason, signal: AbortSignal): Promise<{ lost: number }> {
    try {
      await this.opened?.close(reason, signal);
    } catch (error) {
      throw this.writeError(error, 0);
    }
    return { lost: 0 };
  }

  /** For somebody who renamed the file. Rejects with SHIM_LOG_OPEN, and the old file stays in use. */
  async reopen(): Promise<void> {
    await this.writer().reopen();
  }

  /** Rejects with SHIM_LOG_READ, and with SHIM_UNSUPPORTED for what the format does not keep. */
  read(query: LogQuery, signal: AbortSignal): AsyncIterable<LogEntry | LogGap> {
    const { path, format, maxFiles } = this.settings;
    return readLog({ path, maxFiles, format: FORMATS[format], query, signal });
  }

  private async move(pipe: RecordPipe, how: NonNullable<RecordEncoder['moved']>): Promise<MovedRecords> {
    // `write` looks whether there is a file system again.
    if (this.adrift) return { bytes: 0, records: 0 };
    const { file } = this.writer();
    const { maxSize = Number.MAX_SAFE_INTEGER } = this.settings;
    return file.move(pipe, { ...how, room: Math.min(maxSize - file.size, file.left) });
  }

  /** Not made for who only reads, and has no lanes. */
  private writer(): LogWriter {
    return (this.opened ??= new LogWriter(this.context, this.settings, this.encoder.terminates));
  }

  /** After an error of the file system: what the path leads to now is written, if there is something. */
  private async comeBack(): Promise<void> {
    await this.writer().reopen();
    this.adrift = false;
  }

  private writeError(error: unknown, records: number): ShimError & { lost: number } {
    const { path } = this.settings;
    const cause = systemError(error instanceof BatchError ? error.cause : error);
    const message = `cannot write to the log ${path}: ${messageOf(cause)}`;
    const lost = error instanceof BatchError ? error.lost : records;
    this.adrift ||= FILE_SYSTEM_GONE.has(codeOf(cause) ?? '');
    return Object.assign(new ShimError('SHIM_LOG_WRITE', message, { where: path, cause }), { lost });
  }
}

/** Of an error of rotation the reason, so that its code, such as ENOSPC, is the cause's. */
function systemError(error: unknown): unknown {
  return isShimError(error) && error.cause !== undefined ? error.cause : error;
}
