/** What the driver says in MessagePack, apart from log lines. */
export type Packable = string | number | readonly Packable[] | { readonly [key: string]: Packable };

/** Longest header of a string. */
export const STR_HEADER_BYTES = 5;

/** MessagePack of a value. Numbers are whole and not negative. */
export function pack(value: Packable): Buffer {
  if (typeof value === 'number') return packInteger(value);
  if (typeof value === 'string') {
    const bytes = Buffer.from(value);
    const header = Buffer.alloc(STR_HEADER_BYTES);
    return Buffer.concat([header.subarray(0, writeStrHeader(header, 0, bytes.length)), bytes]);
  }
  if (isList(value)) return Buffer.concat([sized(value.length, 0x90, 0xdc), ...value.map(pack)]);
  const entries = Object.entries(value);
  return Buffer.concat([mapHeader(entries.length), ...entries.flat().map(pack)]);
}

/** The beginning of a map of so many pairs. */
export function mapHeader(count: number): Buffer {
  return sized(count, 0x80, 0xde);
}

/** Writes the header of a string of `length` bytes; returns where the bytes go. */
export function writeStrHeader(to: Buffer, at: number, length: number): number {
  if (length < 0x20) {
    to[at] = 0xa0 | length;
    return at + 1;
  }
  if (length < 0x100) {
    to[at] = 0xd9;
    to[at + 1] = length;
    return at + 2;
  }
  if (length < 0x1_0000) {
    to[at] = 0xda;
    return to.writeUInt16BE(length, at + 1);
  }
  to[at] = 0xdb;
  return to.writeUInt32BE(length, at + 1);
}

/** Lists and maps of up to 15 have their size in the first byte, `few`; otherwise `many` and 16 bits follow, or `many` + 1 and 32. */
function sized(count: number, few: number, many: number): Buffer {
  if (count < 0x10) return Buffer.of(few | count);
  if (count < 0x1_0000) return Buffer.of(many, count >> 8, count & 0xff);
  const header = Buffer.of(many + 1, 0, 0, 0, 0);
  header.writeUInt32BE(count, 1);
  return header;
}

function packInteger(value: number): Buffer {
  if (value < 0x80) return Buffer.of(value);
  const bytes = Buffer.alloc(9);
  if (value <= 0xffff_ffff) {
    bytes[0] = 0xce;
    return bytes.subarray(0, bytes.writeUInt32BE(value, 1));
  }
  bytes[0] = 0xcf;
  bytes.writeBigUInt64BE(BigInt(value), 1);
  return bytes;
}

function isList(value: readonly Packable[] | { readonly [key: string]: Packable }): value is readonly Packable[] {
  return Array.isArray(value);
}
