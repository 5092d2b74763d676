/** What a compressed file was before: readers that had it open know it again by this. */
export interface Origin {
  readonly ino: bigint;
  /** Bytes. */
  readonly size: number;
  /** Nanoseconds since the epoch. */
  readonly mtimeNs: bigint;
}

const FIXED = 12;
const FIELD = Buffer.from('HF\x18\x00', 'latin1');
const FIELD_SIZE = 24;

/** Bytes of {@link gzipHeader}. */
export const HEADER_SIZE = FIXED + FIELD.length + FIELD_SIZE;

/** The header of a gzip file (RFC 1952) with its origin in an extra field. */
export function gzipHeader({ ino, size, mtimeNs }: Origin): Buffer {
  const header = Buffer.alloc(HEADER_SIZE);
  // Deflate, with an extra field.
  header.set([0x1f, 0x8b, 8, 4]);
  header.writeUInt32LE(Number(BigInt.asUintN(32, mtimeNs / 1_000_000_000n)), 4);
  // Made on Unix.
  header[9] = 3;
  header.writeUInt16LE(FIELD.length + FIELD_SIZE, 10);
  FIELD.copy(header, FIXED);
  header.writeBigUInt64LE(ino, FIXED + 4);
  header.writeBigUInt64LE(BigInt(size), FIXED + 12);
  header.writeBigUInt64LE(mtimeNs, FIXED + 20);
  return header;
}

/** The origin that a file's first {@link HEADER_SIZE} bytes tell; undefined if it was compressed by somebody else. */
export function originOf(header: Buffer): Origin | undefined {
  const known = header.length >= HEADER_SIZE && header.subarray(0, 4).equals(Buffer.from([0x1f, 0x8b, 8, 4]));
  if (!known || !header.subarray(FIXED, FIXED + 4).equals(FIELD)) return undefined;
  return {
    ino: header.readBigUInt64LE(FIXED + 4),
    size: Number(header.readBigUInt64LE(FIXED + 12)),
    mtimeNs: header.readBigUInt64LE(FIXED + 20),
  };
}
