import { decodeOrigin, encodeOrigin, ORIGIN_SIZE, type Origin } from './origin.js';

/** Deflate, with an extra field. */
const MAGIC = Buffer.from([0x1f, 0x8b, 8, 4]);
const FIXED = 12;
const FIELD = Buffer.from('HF\x18\x00', 'latin1');

/** Bytes of {@link gzipHeader}. */
export const GZIP_HEADER_SIZE = FIXED + FIELD.length + ORIGIN_SIZE;

/** The header of a gzip file (RFC 1952) with its origin in an extra field. */
export function gzipHeader(origin: Origin): Buffer {
  const header = Buffer.alloc(FIXED);
  header.set(MAGIC);
  header.writeUInt32LE(Number(BigInt.asUintN(32, origin.mtimeNs / 1_000_000_000n)), 4);
  // Made on Unix.
  header[9] = 3;
  header.writeUInt16LE(FIELD.length + ORIGIN_SIZE, 10);
  return Buffer.concat([header, FIELD, encodeOrigin(origin)]);
}

/** The origin in a file's first bytes; undefined if it was compressed by somebody else. */
export function gzipOrigin(header: Buffer): Origin | undefined {
  const known = header.length >= GZIP_HEADER_SIZE && header.subarray(0, MAGIC.length).equals(MAGIC);
  if (!known || !header.subarray(FIXED, FIXED + FIELD.length).equals(FIELD)) return undefined;
  return decodeOrigin(header, FIXED + FIELD.length);
}
