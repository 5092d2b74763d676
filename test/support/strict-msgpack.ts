/** MessagePack as it was written: strings are bytes, and tell from binaries. */
export type Msgpack =
  | null
  | boolean
  | number
  | { readonly str: Buffer }
  | { readonly bin: Buffer }
  | { readonly ext: number; readonly bytes: Buffer }
  | readonly Msgpack[]
  | ReadonlyMap<string, Msgpack>;

/** The bytes end within a value. */
export class Unfinished extends Error {}

const STR: Readonly<Record<number, number>> = { 0xd9: 1, 0xda: 2, 0xdb: 4 };
const BIN: Readonly<Record<number, number>> = { 0xc4: 1, 0xc5: 2, 0xc6: 4 };
const UINT: Readonly<Record<number, number>> = { 0xcc: 1, 0xcd: 2, 0xce: 4 };
const FIXEXT: Readonly<Record<number, number>> = { 0xd4: 1, 0xd5: 2, 0xd6: 4, 0xd7: 8, 0xd8: 16 };
const LIST: Readonly<Record<number, number>> = { 0xdc: 2, 0xdd: 4 };
const MAP: Readonly<Record<number, number>> = { 0xde: 2, 0xdf: 4 };
/** A header of that many bytes of size is for more than this. */
const TOO_SMALL: Readonly<Record<number, number>> = { 1: 0x1f, 2: 0xff, 4: 0xffff };

/** Reads values, and refuses what no careful sender writes: strings and lists with longer headers than they need, a key that comes twice. */
export class StrictUnpacker {
  at = 0;

  constructor(private readonly bytes: Buffer) {}

  get isAtEnd(): boolean {
    return this.at === this.bytes.length;
  }

  next(): Msgpack {
    const type = this.number(1);
    if (type < 0x80) return type;
    if (type < 0x90) return this.map(type & 0x0f);
    if (type < 0xa0) return this.list(type & 0x0f);
    if (type < 0xc0) return { str: this.take(type & 0x1f) };
    if (type === 0xc0) return null;
    if (type === 0xc2 || type === 0xc3) return type === 0xc3;
    if (type in UINT) return this.number(UINT[type]!);
    if (type === 0xcf) return Number(this.take(8).readBigUInt64BE());
    if (type in STR) return { str: this.take(this.size(STR[type]!, TOO_SMALL)) };
    // Written before the length is known: four bytes are allowed.
    if (type in BIN) return { bin: this.take(this.number(BIN[type]!)) };
    if (type in FIXEXT) return { ext: this.take(1).readInt8(), bytes: this.take(FIXEXT[type]!) };
    if (type in LIST) return this.list(this.size(LIST[type]!, { 2: 0x0f, 4: 0xffff }));
    if (type in MAP) return this.map(this.size(MAP[type]!, { 2: 0x0f, 4: 0xffff }));
    throw new Error(`unexpected type 0x${type.toString(16)}`);
  }

  private list(count: number): Msgpack[] {
    const values: Msgpack[] = [];
    for (let i = 0; i < count; i++) values.push(this.next());
    return values;
  }

  private map(count: number): Map<string, Msgpack> {
    const map = new Map<string, Msgpack>();
    for (let i = 0; i < count; i++) {
      const key = textOf(this.next());
      if (map.has(key)) throw new Error(`the key ${key} twice`);
      map.set(key, this.next());
    }
    return map;
  }

  private size(bytes: number, tooSmall: Readonly<Record<number, number>>): number {
    const size = this.number(bytes);
    if (size <= tooSmall[bytes]!) throw new Error(`a size of ${size} in ${bytes} bytes`);
    return size;
  }

  private number(bytes: number): number {
    return this.take(bytes).readUIntBE(0, bytes);
  }

  private take(length: number): Buffer {
    if (this.bytes.length - this.at < length) throw new Unfinished();
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
}

/** Of a string that must be UTF-8. */
export function textOf(value: Msgpack | undefined): string {
  if (value === undefined || !isString(value)) throw new Error('not a string');
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value.str);
}

export function isString(value: Msgpack): value is { readonly str: Buffer } {
  return typeof value === 'object' && value !== null && 'str' in value;
}
