import { constants, ftruncateSync, writeSync } from 'node:fs';
import { open, rename, type FileHandle } from 'node:fs/promises';
import type { EventDocument } from '../api/documents.js';
import { ShimError } from '../plugin/shim-error.js';
import { encodeEvent, EVENT_FILE_BYTES, OLDER_SUFFIX } from './event-line.js';
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
    /** Time of its last event. */
    private lastTime: string,
  ) {}

  /** Opens or makes it (0600). A torn line at its end, left by a writer that was killed, is cut off. */
  static async open(path: string): Promise<EventFile> {
    const file = await open(path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600);
    try {
      if (!(await file.stat()).isFile())
        throw new ShimError('SHIM_STATE_INSECURE', `${path} is no regular file`, { where: path });
      const { end, size, event } = lastEvent(file.fd);
      // What is no line of ours is ended, and readers skip it.
      if (end === undefined) await file.write('\n');
      else if (end < size) await file.truncate(end);
      const lastCursor = event?.cursor ?? (await cursorIn(path + OLDER_SUFFIX));
      return new EventFile(path, file, end ?? size + 1, lastCursor, event?.time ?? '');
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Appends a whole line, by one write, or nothing; puts the file aside first if it would not fit. */
  async append(event: EventDocument): Promise<EventFile> {
    const placed = notBefore(this.lastTime, event);
    const line = encodeEvent(placed);
    if (this.size > 0 && this.size + line.length > EVENT_FILE_BYTES) {
      const next = await this.#putAside();
      return next.append(event);
    }
    try {
      if (writeSync(this.file.fd, line) < line.length)
        throw new ShimError('SHIM_IO', 'the disk is full', { where: this.path });
    } catch (error) {
      this.#cutOff();
      throw error;
    }
    this.size += line.length;
    this.lastTime = placed.time;
    return this;
  }

  close(): Promise<void> {
    return this.file.close();
  }

  #cutOff(): void {
    try {
      ftruncateSync(this.file.fd, this.size);
    } catch {
      // Readers skip what is no line of ours.
    }
  }

  async #putAside(): Promise<EventFile> {
    await rename(this.path, this.path + OLDER_SUFFIX);
    const next = await EventFile.open(this.path);
    await this.file.close();
    return next;
  }
}

/** Times of a file never go back: what is told late, or after the clock was set back, keeps its own time as an attribute. */
function notBefore(last: string, event: EventDocument): EventDocument {
  if (event.time >= last) return event;
  return { ...event, time: last, attributes: { ...event.attributes, occurredAt: event.time } };
}

async function cursorIn(path: string): Promise<number> {
  let file: FileHandle;
  try {
    file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch {
    return 0;
  }
  try {
    return lastEvent(file.fd).event?.cursor ?? 0;
  } finally {
    await file.close();
  }
}
