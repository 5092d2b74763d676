/** What a receiver says. Strings and binaries are latin1: one character a byte, since salts and nonces are any bytes. */
export type Unpacked = string | number | boolean | null | readonly Unpacked[] | ReadonlyMap<string, Unpacked>;

/** HELO, PONG and acks are lists and maps of plain values. */
const DEPTH_LIMIT = 4;

/** The first value in `bytes`, and where it ends. Undefined: the bytes end before. Throws for what no receiver says. */
export function unpack(bytes: Buffer): { readonly value: Unpacked; readonly end: number } | undefined {
  const reader = new Reader(bytes);
  try {
    return { value: reader.value(DEPTH_LIMIT), end: reader.at };
  } catch (error) {
    if (error instanceof Incomplete) return undefined;
    throw error;
  }
}

class Incomplete extends Error {}

class Reader {
  at = 0;

  constructor(private readonly bytes: Buffer) {}

  value(depth: number): Unpacked {
    const type = this.integer(1);
    if (type < 0x80) return type;
    if (type < 0x90) return this.map(type & 0x0f, depth);
    if (type < 0xa0) return this.list(type & 0x0f, depth);
    if (type < 0xc0) return this.text(type & 0x1f);
    if (type >= 0xe0) return type - 0x100;
    return this.longValue(type, depth);
  }

  private longValue(type: number, depth: number): Unpacked {
    switch (type) {
      case 0xc0:
        return null;
      case 0xc2:
      case 0xc3:
        return type === 0xc3;
      case 0xc4:
      case 0xd9:
        return this.text(this.integer(1));
      case 0xc5:
      case 0xda:
        return this.text(this.integer(2));
      case 0xc6:
      case 0xdb:
        return this.text(this.integer(4));
      case 0xcc:
      case 0xcd:
      case 0xce:
        return this.integer(1 << (type - 0xcc));
      case 0xdc:
        return this.list(this.integer(2), depth);
      case 0xde:
        return this.map(this.integer(2), depth);
      default:
        throw new Error(`a value of type 0x${type.toString(16)}`);
    }
  }

  private map(count: number, depth: number): ReadonlyMap<string, Unpacked> {
    const pairs = this.list(2 * count, depth);
    const map = new Map<string, Unpacked>();
    for (let i = 0; i < pairs.length; i += 2) {
      const [key, value] = [pairs[i], pairs[i + 1]];
      if (typeof key === 'string' && value !== undefined) map.set(key, value);
    }
    return map;
  }

  private list(count: number, depth: number): readonly Unpacked[] {
    if (depth === 0) throw new Error('values in values in values');
    const values: Unpacked[] = [];
    for (let i = 0; i < count; i++) values.push(this.value(depth - 1));
    return values;
  }

  private text(length: number): string {
    const begin = this.skip(length);
    return this.bytes.toString('latin1', begin, begin + length);
  }

  private integer(length: number): number {
    return this.bytes.readUIntBE(this.skip(length), length);
  }

  /** Returns where it was. */
  private skip(length: number): number {
    const begin = this.at;
    if (this.bytes.length - begin < length) throw new Incomplete();
    this.at += length;
    return begin;
  }
}
