import { fstatSync, readSync } from 'node:fs';
import type { EventDocument } from '../api/documents.js';
import { decodeEvent, EVENT_LINE_BYTES } from './event-line.js';

const NEWLINE = 10;

/** The end of an events file. */
export interface LastEvent {
  /** Where the last whole line ends; undefined if the end of the file is no line of ours. */
  readonly end: number | undefined;
  readonly size: number;
  /** Of the last whole line. */
  readonly event: EventDocument | undefined;
}

/** Looks at the last lines of the file. */
export function lastEvent(fd: number): LastEvent {
  const { size } = fstatSync(fd);
  const buffer = Buffer.alloc(Math.min(size, 2 * EVENT_LINE_BYTES));
  const bytes = buffer.subarray(0, readSync(fd, buffer, 0, buffer.length, size - buffer.length));
  const last = bytes.lastIndexOf(NEWLINE);
  if (last === -1) return { end: size <= EVENT_LINE_BYTES ? 0 : undefined, size, event: undefined };
  const before = last === 0 ? -1 : bytes.lastIndexOf(NEWLINE, last - 1);
  const event = decodeEvent(bytes.toString('utf8', before + 1, last));
  return { end: size - buffer.length + last + 1, size, event };
}
