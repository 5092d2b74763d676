/** What a compressed file was before: readers that had it open know it again by this. */
export interface Origin {
  readonly ino: bigint;
  /** Bytes. */
  readonly size: number;
  /** Nanoseconds since the epoch. */
  readonly mtimeNs: bigint;
}

/** Bytes of {@link encodeOrigin}. */
export const ORIGIN_SIZE = 24;

export function encodeOrigin({ ino, size, mtimeNs }: Origin): Buffer {
  const bytes = Buffer.alloc(ORIGIN_SIZE);
  bytes.writeBigUInt64LE(ino, 0);
  bytes.writeBigUInt64LE(BigInt(size), 8);
  bytes.writeBigUInt64LE(mtimeNs, 16);
  return bytes;
}

/** `bytes` holds an origin at the offset `at`. */
export function decodeOrigin(bytes: Buffer, at: number): Origin {
  return {
    ino: bytes.readBigUInt64LE(at),
    size: Number(bytes.readBigUInt64LE(at + 8)),
    mtimeNs: bytes.readBigUInt64LE(at + 16),
  };
}
