import type { RecordDecoder } from './read/decoder.js';

/** So many first bytes of a file are enough for {@link firstRecordTime}, unless its first line is longer. */
export const FIRST_CHUNK = 64 * 1024;

/** Time of the record that `chunk` begins with; undefined if it is none, has no time or does not end in it. */
export function firstRecordTime(chunk: Buffer, decoder: RecordDecoder): bigint | undefined {
  const newline = chunk.indexOf(10);
  return newline < 0 ? undefined : decoder.head(chunk.subarray(0, newline), true)?.time;
}
