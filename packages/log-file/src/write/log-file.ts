import { ShimError, type MovedRecords, type MoveOptions, type RecordPipe } from '@holdfast/core/plugin';
import { messageOf } from '../system-error.js';
import type { LaneFile } from './encoder.js';
import type { FileAge } from './file-age.js';
import type { FileSync } from './file-sync.js';
import { endOfLastLine } from './last-line.js';
import { createFile, openError, openFile, replaceFile, type FilePlace, type OpenedFile } from './open-file.js';
import type { Retention } from './retention.js';
import { shiftFiles } from './rotate.js';
import { leadsTo } from './same-file.js';
import type { Turns } from './turns.js';

/** Bytes that a lane moves before others get their turn. */
const MOST_AT_ONCE = 32 << 20;
const NEWLINE = 10;

/** Where and how a {@link LogFile} is kept. */
export interface LogFilePlace extends FilePlace {
  readonly maxFiles: number;
  /** Bytes; undefined: no limit. */
  readonly maxWritten?: number | undefined;
  /** With one file: a full one is not emptied, another is put in its place. */
  readonly replaces?: boolean | undefined;
  /** True if a file that does not end in a newline is torn. */
  readonly terminated: boolean;
  /** Held while files change their names. */
  readonly naming: Turns;
  /** Undefined: nobody. */
  readonly rotation?: RotationListener | undefined;
  /** Undefined: rotated files stay until there are too many. */
  readonly retention?: Pick<Retention, 'prune'> | undefined;
  /** Undefined: no file is too old. */
  readonly age?: FileAge | undefined;
  /** Undefined: when to write to the disk is left to the kernel. */
  readonly sync?: FileSync | undefined;
}

/** Who is told of rotated files. */
export interface RotationListener {
  /** A file became the `to`th youngest one, and what had its name is gone. */
  moved(to: number): void;
  /** Nothing is written any more to the `n`th youngest file. */
  add(n: number): void;
}

/** A write that failed after `written` bytes. */
export class AppendError extends Error {
  constructor(
    readonly written: number,
    override readonly cause: unknown,
  ) {
    super('append failed', { cause });
  }
}

/** The current file of a log: the descriptor, its size, and rotation. */
export class LogFile {
  private file: OpenedFile | undefined;
  private length = 0;
  /** Bytes at the end that belong to no whole record and could not be cut off yet. */
  private torn = 0;
  /** Bytes of records, in all files. */
  private written = 0;

  constructor(private readonly place: LogFilePlace) {}

  /** Bytes in the file. */
  get size(): number {
    return this.length;
  }

  /** Bytes that may still be written; less than nothing if the last record was longer. */
  get left(): number {
    return (this.place.maxWritten ?? Number.MAX_SAFE_INTEGER) - this.written;
  }

  /** What is in the file was written before by an earlier shim of the same container. */
  countPresent(): void {
    this.written = Math.max(this.written, this.length);
  }

  /** Opens the file at its path and mends its end; one that is open already stays so until that has worked. */
  async open(): Promise<void> {
    const { lane, path, age, sync } = this.place;
    const opened = await openFile(this.place);
    try {
      const size = await this.mend(opened);
      if (size > 0) await age?.look(lane, opened.fd);
      if (opened.created) await sync?.names();
      await this.cutBackPrevious();
      await this.use({ ...opened, size });
    } catch (error) {
      await lane.close(opened.fd).catch(() => undefined);
      throw error instanceof ShimError
        ? error
        : openError(path, `its end cannot be mended: ${messageOf(error)}`, error);
    }
  }

  /** `write` appends `size` bytes. Rejects with an {@link AppendError}; call {@link cutBack} then. */
  async append(size: number, write: (file: LaneFile) => Promise<void>): Promise<void> {
    const { lane, sync } = this.place;
    try {
      if (this.torn > 0) await this.cutBack(this.torn);
      await write({ lane, fd: this.descriptor() });
      this.length += size;
      this.written += size;
    } catch (error) {
      throw new AppendError(await this.writtenOf(error, size), error);
    }
    if (sync !== undefined) await sync.written(this.descriptor());
  }

  /** Lets the lane append records from a pipe, at most `room` bytes of them. */
  async move(pipe: RecordPipe, how: Omit<MoveOptions, 'most'>): Promise<MovedRecords> {
    const { lane } = this.place;
    if (lane.move === undefined) return { bytes: 0, records: 0 };
    if (this.torn > 0) await this.cutBack(this.torn);
    const moved = await lane.move(this.descriptor(), pipe, { ...how, most: MOST_AT_ONCE });
    this.length += moved.written;
    this.written += moved.written;
    if (moved.torn > 0) await this.cutBack(moved.torn);
    return moved;
  }

  /** Cuts `bytes` off the end. If that fails it is tried again before the next append. */
  async cutBack(bytes: number): Promise<void> {
    const { lane } = this.place;
    this.torn = bytes;
    // Asked for, not remembered: somebody may have emptied the file meanwhile.
    const size = await lane.size(this.descriptor());
    this.length = Math.max(0, size - bytes);
    if (bytes > 0) await lane.truncate(this.descriptor(), this.length);
    this.torn = 0;
  }

  /** True if the file is too old for a batch of the time `time`: {@link rotate} then. */
  isDue(time: bigint): boolean {
    const { age } = this.place;
    if (age === undefined) return false;
    if (this.length === 0) age.restart();
    return age.isOver(time);
  }

  /** True if the last byte is no newline. */
  async isMidLine(): Promise<boolean> {
    if (this.torn > 0) await this.cutBack(this.torn);
    const last = Buffer.alloc(1);
    const { lane } = this.place;
    const length = this.length === 0 ? 0 : await lane.read(this.descriptor(), last, this.length - 1);
    return length === 1 && last[0] !== NEWLINE;
  }

  /** Makes room: goes on in an empty file. The old one stays open until the new one is. */
  async rotate(): Promise<void> {
    const { lane, path, maxFiles, age, sync } = this.place;
    if (this.torn > 0) await this.cutBack(this.torn);
    age?.restart();
    const size = await lane.size(this.descriptor());
    if (size < this.length) {
      // Somebody emptied the file (copytruncate): it has room again.
      this.length = size;
      return;
    }
    if (maxFiles === 1 && this.place.replaces === true) return this.use(await replaceFile(this.place));
    if (maxFiles === 1) {
      await lane.truncate(this.descriptor(), 0);
      this.length = 0;
      return;
    }
    const { naming, rotation, retention } = this.place;
    const moved = (to: number): void => rotation?.moved(to);
    await naming.take(async () => {
      await shiftFiles({ lane, path, maxFiles, moved });
      // Before a file is made: on a full disk that may be what it takes.
      await retention?.prune();
    });
    await this.use(await createFile(this.place));
    await sync?.names();
    rotation?.add(1);
  }

  /** `discard`: a file that was made here and got nothing is removed. */
  async close(discard = false): Promise<void> {
    const { file } = this;
    if (file === undefined) return;
    // What cannot be cut off now is cut off when the file is opened again.
    if (this.torn > 0) await this.cutBack(this.torn).catch(() => undefined);
    this.file = undefined;
    if (discard) await this.removeEmpty(file).catch(() => undefined);
    await this.place.sync?.leave(file.fd);
    await this.place.lane.close(file.fd);
  }

  private async removeEmpty({ fd, created }: OpenedFile): Promise<void> {
    const { lane, path } = this.place;
    if (created && (await lane.size(fd)) === 0 && (await leadsTo(lane, path, fd))) await lane.unlink(path);
  }

  /** Somebody renamed the file while its end was torn: nobody opens it again. */
  private async cutBackPrevious(): Promise<void> {
    const { torn, place } = this;
    if (this.file === undefined || torn === 0) return;
    await this.cutBack(torn).catch((error: unknown) => {
      place.logger.warn({ path: place.path, bytes: torn, err: error }, 'the previous log file ends in a torn record');
    });
  }

  private descriptor(): number {
    if (this.file === undefined) throw new Error('the log file is not open');
    return this.file.fd;
  }

  private async use(opened: OpenedFile): Promise<void> {
    const { lane, logger, path, sync } = this.place;
    const previous = this.file;
    if (previous !== undefined) await sync?.leave(previous.fd);
    this.file = opened;
    this.length = opened.size;
    this.torn = 0;
    if (previous === undefined) return;
    await lane.close(previous.fd).catch((error: unknown) => {
      logger.warn({ path, err: error }, 'closing the previous log file failed');
    });
  }

  /** A crash or a full disk in the middle of a write left a torn record: cuts it off. Resolves to the size. */
  private async mend({ fd, size }: OpenedFile): Promise<number> {
    const { lane, logger, path, terminated } = this.place;
    if (!terminated || size === 0) return size;
    const end = await endOfLastLine(lane, fd, size);
    if (end === size) return size;
    if (end === undefined) {
      logger.warn({ path }, 'the log does not end in a whole record; a new line was begun');
      await lane.write(fd, Buffer.from('\n'));
      return size + 1;
    }
    await lane.truncate(fd, end);
    logger.warn({ path, records: 1, bytes: size - end }, 'a torn record at the end of the log was cut off');
    return end;
  }

  private async writtenOf(error: unknown, most: number): Promise<number> {
    const told = (error as { written?: unknown } | null)?.written;
    if (typeof told === 'number') return told;
    if (this.file === undefined || this.torn > 0) return 0;
    const size = await this.place.lane.size(this.file.fd).catch(() => this.length);
    return Math.min(most, Math.max(0, size - this.length));
  }
}
