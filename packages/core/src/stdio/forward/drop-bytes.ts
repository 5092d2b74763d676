import type { StreamName } from '../../plugin/log-batch.js';
import type { PeekBuffers } from '../peek-buffers.js';
import type { PipeSource } from '../pipe-source.js';

const NEWLINE = 10;

/** Output that its reader did not get. */
export interface Dropped {
  readonly stream: StreamName;
  /** Lines, with the rest of one. */
  readonly records: number;
  readonly bytes: number;
  readonly reason: string;
}

/** Takes at most `most` bytes out of a pipe and counts what goes. */
export function dropBytes(source: PipeSource, buffers: PeekBuffers, most: number): Pick<Dropped, 'records' | 'bytes'> {
  const buffer = buffers.take();
  try {
    const bytes = Math.max(0, source.peek(buffer.subarray(0, Math.min(most, buffer.length))));
    if (bytes > 0) source.discard(bytes);
    return { bytes, records: bytes === 0 ? 0 : Math.max(1, lines(buffer.subarray(0, bytes))) };
  } finally {
    buffers.give(buffer);
  }
}

function lines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) count += 1;
  return count;
}
