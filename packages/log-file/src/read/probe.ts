import { messageOf } from '../system-error.js';
import type { RecordDecoder } from './decoder.js';
import { readError, type Source } from './source.js';

/** A record, and where its line begins. */
export interface Probe {
  readonly at: number;
  readonly time: bigint;
}

/** The first read is enough for most lines. */
const FIRST_READ = 16 << 10;
const LAST_READ = 1 << 20;

/** The first record whose line begins at the offset `from` or behind it; undefined if none is found near. */
export async function probe(source: Source, from: number, decoder: RecordDecoder): Promise<Probe | undefined> {
  for (let size = FIRST_READ; size <= LAST_READ; size *= 8) {
    // The byte before tells whether a line begins at `from`.
    const start = Math.max(0, from - 1);
    const bytes = await readAt(source, start, size);
    const found = firstRecord(bytes, from === 0, decoder);
    if (found !== undefined) return { at: start + found.at, time: found.time };
    if (bytes.length < size) return undefined;
  }
  return undefined;
}

function firstRecord(bytes: Buffer, startsLine: boolean, decoder: RecordDecoder): Probe | undefined {
  for (let at = startsLine ? 0 : bytes.indexOf(10) + 1; startsLine || at > 0;) {
    const end = bytes.indexOf(10, at);
    if (end < 0) return undefined;
    const time = decoder.head(bytes.subarray(at, end), true)?.time;
    if (time !== undefined) return { at, time };
    at = end + 1;
  }
  return undefined;
}

async function readAt({ bytes, path }: Source, position: number, size: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(size);
  try {
    return buffer.subarray(0, await bytes.read(buffer, size, position));
  } catch (error) {
    throw readError(path, messageOf(error), error);
  }
}
