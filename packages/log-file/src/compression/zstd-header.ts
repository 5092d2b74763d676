import { decodeOrigin, encodeOrigin, ORIGIN_SIZE, type Origin } from './origin.js';

/** RFC 8878: what a frame begins with; of a skippable one the last four bits are free. */
const FRAME = 0xfd2fb528;
const SKIPPABLE = 0x184d2a50;
const MARK = Buffer.from('HF', 'latin1');
const FRAME_HEAD = 8;

/** Bytes of {@link zstdHeader}. */
export const ZSTD_HEADER_SIZE = FRAME_HEAD + MARK.length + ORIGIN_SIZE;

/** A skippable frame with the origin of the frame that follows it. */
export function zstdHeader(origin: Origin): Buffer {
  const head = Buffer.alloc(FRAME_HEAD);
  head.writeUInt32LE(SKIPPABLE, 0);
  head.writeUInt32LE(MARK.length + ORIGIN_SIZE, 4);
  return Buffer.concat([head, MARK, encodeOrigin(origin)]);
}

/** The origin in a file's first bytes; undefined if it was compressed by somebody else. */
export function zstdOrigin(header: Buffer): Origin | undefined {
  if (header.length < ZSTD_HEADER_SIZE || skippedSize(header) !== ZSTD_HEADER_SIZE) return undefined;
  if (!header.subarray(FRAME_HEAD, FRAME_HEAD + MARK.length).equals(MARK)) return undefined;
  return decodeOrigin(header, FRAME_HEAD + MARK.length);
}

/** True if a frame of zstd begins here, a skippable one included. */
export function isZstd(bytes: Buffer): boolean {
  return skippedSize(bytes) !== undefined || (bytes.length >= 4 && bytes.readUInt32LE(0) === FRAME);
}

/** The size of the skippable frame that begins here; undefined if none does. */
export function skippedSize(bytes: Buffer): number | undefined {
  if (bytes.length < FRAME_HEAD || (bytes.readUInt32LE(0) & 0xfffffff0) >>> 0 !== SKIPPABLE) return undefined;
  return FRAME_HEAD + bytes.readUInt32LE(4);
}
