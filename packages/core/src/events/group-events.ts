import { closeSync, constants, fstatSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EventDocument } from '../api/documents.js';
import { openBelow, withDirectory, type OpenDirectory } from '../client/open-below.js';
import type { StateLayout } from '../state/layout.js';
import { decodeEvent, OLDER_SUFFIX } from './event-line.js';
import { openStateDirectory } from './group-directory.js';
import { lastEvent } from './last-event.js';

const CHUNK_BYTES = 64 << 10;
const NEWLINE = 10;

interface OpenPart {
  readonly fd: number;
  readonly key: string;
  readonly size: number;
}

/** Reads the events of one group from its files, on and on: where it was is where it goes on, across rotation. */
export class GroupEvents {
  /** The file read last, and the end of the last line read. */
  #key = '';
  #offset = 0;
  #cursor: number;
  /** One for all that it reads: what has come is little, and often. */
  #buffer: Buffer | undefined;

  constructor(
    private readonly layout: StateLayout,
    readonly group: string,
    /** Cursor behind which to begin. */
    after = 0,
  ) {
    this.#cursor = after;
  }

  /** Goes past all that is there. */
  skip(): void {
    for (const part of this.#open().reverse()) {
      try {
        const { end, size, event } = lastEvent(part.fd);
        [this.#key, this.#offset] = [part.key, end ?? size];
        this.#cursor = Math.max(this.#cursor, event?.cursor ?? 0);
      } finally {
        closeSync(part.fd);
      }
    }
  }

  /** What has come since the last read, in order. Rejects with SHIM_STATE_INSECURE, SHIM_PERMISSION or Node's errors. */
  async *read(): AsyncGenerator<EventDocument> {
    const parts = this.#open();
    const place = parts.findIndex(({ key }) => key === this.#key);
    try {
      // Newest first: those behind the one where it was. If that is gone, all of them.
      for (const part of (place === -1 ? parts : parts.slice(0, place + 1)).reverse()) yield* this.#readPart(part);
    } finally {
      for (const { fd } of parts) closeSync(fd);
    }
  }

  async *#readPart(part: OpenPart): AsyncGenerator<EventDocument> {
    if (part.key !== this.#key || !endsLine(part, this.#offset)) this.#offset = 0;
    this.#key = part.key;
    const buffer = (this.#buffer ??= Buffer.allocUnsafe(CHUNK_BYTES));
    for (;;) {
      const bytesRead = readSync(part.fd, buffer, 0, buffer.length, this.#offset);
      const last = buffer.subarray(0, bytesRead).lastIndexOf(NEWLINE);
      // No event is so long: this is nothing that a shim wrote. A shorter piece is the beginning of a line.
      if (last === -1 && bytesRead < buffer.length) return;
      const base = this.#offset;
      let from = 0;
      for (let to; last !== -1 && (to = buffer.indexOf(NEWLINE, from)) !== -1 && to <= last; from = to + 1) {
        this.#offset = base + to + 1;
        const event = decodeEvent(buffer.toString('utf8', from, to));
        if (event === undefined || event.cursor <= this.#cursor) continue;
        this.#cursor = event.cursor;
        yield event;
      }
      this.#offset = base + (last === -1 ? bytesRead : last + 1);
      if (bytesRead === buffer.length) await nextTurn();
    }
  }

  /** The file and its older part, as far as there are any, newest first: a rotation in between is not missed so. */
  #open(): OpenPart[] {
    const directory = openStateDirectory(this.layout, this.layout.group(this.group));
    if (directory === undefined) return [];
    const name = basename(this.layout.groupEvents(this.group));
    const fds = withDirectory(directory, () =>
      [name, name + OLDER_SUFFIX].flatMap((each) => openPart(directory, each)),
    );
    const parts: OpenPart[] = [];
    for (const fd of fds) {
      const { dev, ino, size } = fstatSync(fd);
      const key = `${dev}:${ino}`;
      if (parts.some((part) => part.key === key)) closeSync(fd);
      else parts.push({ fd, key, size });
    }
    return parts;
  }
}

function openPart(directory: OpenDirectory, name: string): number[] {
  try {
    return [openBelow(directory, name, constants.O_RDONLY | constants.O_NONBLOCK)];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** False if the file is another by now, of the same inode. */
function endsLine({ fd, size }: OpenPart, offset: number): boolean {
  if (offset === 0) return true;
  if (offset > size) return false;
  const byte = Buffer.alloc(1);
  readSync(fd, byte, 0, 1, offset - 1);
  return byte[0] === NEWLINE;
}
