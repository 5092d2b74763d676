import type { LogCloseReason, LogDriverContext } from '@holdfast/core/plugin';
import type { Settings } from '../options/settings.js';
import { Compressor } from './compressor.js';
import { LogFile } from './log-file.js';
import { Directories } from './make-directory.js';
import { Turns } from './turns.js';
import { WriterLock } from './writer-lock.js';

const DIRECTORY_MODE = 0o750;

/** What is open while a log is written: the right to write it, its current file, and what compresses the others. */
export class LogWriter {
  readonly file: LogFile;
  private readonly lock: WriterLock;
  private readonly compressor: Compressor | undefined;
  private readonly directories = new Directories(DIRECTORY_MODE);
  /** An open that the host gave up may be under way still when it is tried again. */
  private readonly calls = new Turns();

  /** `terminated`: every record ends in a newline. */
  constructor(context: LogDriverContext, settings: Settings, terminated: boolean) {
    const { path, mode, maxFiles, compress } = settings;
    const { logger, container, namespace } = context;
    const { directories } = this;
    const place = { lane: context.lane(path), path, mode, maxFiles, logger, directories, naming: new Turns() };
    this.lock = new WriterLock({ ...place, owner: { namespace, id: container.id, pid: process.pid } });
    if (compress) this.compressor = new Compressor({ ...place, background: context.lane(path, 'background') });
    this.file = new LogFile({ ...place, terminated, rotation: this.compressor });
  }

  /** Rejects with SHIM_LOG_OPEN, or as `signal` says, and leaves nothing behind then. */
  open(signal: AbortSignal): Promise<void> {
    return this.calls.take(async () => {
      try {
        signal.throwIfAborted();
        await this.lock.take();
        await this.file.open();
        signal.throwIfAborted();
      } catch (error) {
        await this.leave('deleted').catch(() => undefined);
        throw error;
      }
      void this.compressor?.resume();
    });
  }

  /** Rejects with SHIM_LOG_OPEN, and the old file stays in use. */
  reopen(): Promise<void> {
    return this.calls.take(async () => {
      await this.lock.take();
      await this.file.open();
    });
  }

  close(reason: LogCloseReason, signal: AbortSignal): Promise<void> {
    return this.calls.take(() => this.leave(reason, signal));
  }

  /** In the reverse order of opening. */
  private async leave(reason: LogCloseReason, signal?: AbortSignal): Promise<void> {
    try {
      await this.file.close(reason === 'deleted');
    } finally {
      if (signal !== undefined) await this.compressor?.stop(reason === 'drained', signal);
      await this.lock.release(reason === 'restart');
      if (reason === 'deleted') await this.directories.removeEmpty();
    }
  }
}
