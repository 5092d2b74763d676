import type { FileLane, LogCloseReason, LogDriverContext } from '@holdfast/core/plugin';
import { FORMATS } from '../formats.js';
import type { Settings } from '../options/settings.js';
import { Compressor } from './compressor.js';
import { FileAge } from './file-age.js';
import { FileSync } from './file-sync.js';
import { LogFile } from './log-file.js';
import { Directories } from './make-directory.js';
import { Retention, type RetentionPlace } from './retention.js';
import { Turns } from './turns.js';
import { WriterLock } from './writer-lock.js';

const DIRECTORY_MODE = 0o750;

/** What is open while a log is written: the right to write it, its current file, and what compresses the others. */
export class LogWriter {
  readonly file: LogFile;
  private readonly lock: WriterLock;
  private readonly compressor: Compressor | undefined;
  private readonly retention: Retention | undefined;
  /** Held while files change their names. */
  private readonly naming: Turns;
  private readonly directories: Directories;
  /** An open that the host gave up may be under way still when it is tried again. */
  private readonly calls = new Turns();

  /** `terminated`: every record ends in a newline. */
  constructor(context: LogDriverContext, settings: Settings, terminated: boolean) {
    const { path, mode, maxFiles, compress: compression, sync: policy } = settings;
    const { logger, container, namespace } = context;
    const lane = context.lane(path);
    const directories = (this.directories = new Directories(DIRECTORY_MODE, lane));
    const place = { lane, path, mode, maxFiles, logger, directories, naming: new Turns() };
    this.lock = new WriterLock({ ...place, owner: { namespace, id: container.id, pid: process.pid } });
    const background = (): FileLane => context.lane(path, 'background');
    if (compression !== undefined)
      this.compressor = new Compressor({ ...place, compression, background: background() });
    this.retention = this.retentionOf(settings, place);
    this.naming = place.naming;
    this.file = new LogFile({
      ...place,
      terminated,
      maxWritten: settings.maxWritten,
      replaces: settings.replaces,
      rotation: this.compressor,
      retention: this.retention,
      age: maxAgeOf(settings),
      sync: policy === 'never' ? undefined : new FileSync({ ...place, policy, background: background() }),
    });
  }

  /** Undefined if nothing but their count limits the files. */
  private retentionOf(
    settings: Settings,
    place: Omit<RetentionPlace, 'maxAge' | 'maxRotated' | 'removed'>,
  ): Retention | undefined {
    const { maxAge, maxTotal, maxSize = 0 } = settings;
    if (maxAge === undefined && maxTotal === undefined) return undefined;
    // There must be room for a full current file besides.
    const maxRotated = maxTotal === undefined ? undefined : maxTotal - maxSize;
    return new Retention({ ...place, maxAge, maxRotated, removed: (n) => this.compressor?.removed(n) });
  }

  /** Rejects with SHIM_LOG_OPEN, or as `signal` says, and leaves nothing behind then. */
  open(signal: AbortSignal): Promise<void> {
    return this.calls.take(async () => {
      try {
        signal.throwIfAborted();
        await this.lock.take();
        await this.file.open();
        if (this.lock.resumed) this.file.countPresent();
        await this.prune();
        signal.throwIfAborted();
      } catch (error) {
        await this.leave('deleted').catch(() => undefined);
        throw error;
      }
      this.compressor?.resume();
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

  private async prune(): Promise<void> {
    const { retention, naming } = this;
    if (retention !== undefined) await naming.take(() => retention.prune());
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

function maxAgeOf({ maxAge, format }: Settings): FileAge | undefined {
  return maxAge === undefined ? undefined : new FileAge(maxAge, () => FORMATS[format].decoder());
}
