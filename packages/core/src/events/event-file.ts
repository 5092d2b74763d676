import { constants } from 'node:fs';
import { open, rename, type FileHandle } from 'node:fs/promises';
import { ShimError } from '../plugin/shim-error.js';
import { EVENT_FILE_BYTES, OLDER_SUFFIX } from './event-line.js';
import { lastEvent } from './last-event.js';

const { O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR } = constants;

/** The events file of one group, open for its only writer. */
export class EventFile {
  private constructor(
    private readonly path: string,
    private readonly file: FileHandle,
    private size: number,
    /** Cursor of the last event that it or the older part holds; 0 for none. */
    readonly lastCursor: number,
  ) {}

  /** Opens or makes it (0600). A torn line at its end, left by a writer that was killed, is cut off. */
  static async open(path: string): Promise<EventFile> {
    const file = await open(path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600);
    try {
      if (!(await file.stat()).isFile())
        throw new ShimError('SHIM_STATE_INSECURE', `${path} is no regular file`, { where: path });
      const { end, size, event } = await lastEvent(file.fd);
      // What is no line of ours is ended, and readers skip it.
      if (end === undefined) await file.write('\n');
      else if (end < size) await file.truncate(end);
      const lastCursor = event?.cursor ?? (await cursorIn(path + OLDER_SUFFIX));
      return new EventFile(path, file, end ?? size + 1, lastCursor);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Appends whole lines, by one write, or nothing; puts the file aside first if they would not fit. */
  async append(lines: Buffer): Promise<EventFile> {
    if (this.size > 0 && this.size + lines.length > EVENT_FILE_BYTES) {
      const next = await this.#putAside();
      return next.append(lines);
    }
    try {
      const { bytesWritten } = await this.file.write(lines);
      if (bytesWritten < lines.length) throw new ShimError('SHIM_IO', 'the disk is full', { where: this.path });
    } catch (error) {
      await this.file.truncate(this.size).catch(() => undefined);
      throw error;
    }
    this.size += lines.length;
    return this;
  }

  close(): Promise<void> {
    return this.file.close();
  }

  async #putAside(): Promise<EventFile> {
    await rename(this.path, this.path + OLDER_SUFFIX);
    const next = await EventFile.open(this.path);
    await this.file.close();
    return next;
  }
}

async function cursorIn(path: string): Promise<number> {
  let file: FileHandle;
  try {
    file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch {
    return 0;
  }
  try {
    return (await lastEvent(file.fd)).event?.cursor ?? 0;
  } finally {
    await file.close();
  }
}
