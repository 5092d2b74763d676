/** Kinds of fields; a table is a nested message. 64 bit numbers are JavaScript's, so timestamps are not exact. */
type Kind = 'string' | 'bool' | 'int' | 'bytes' | 'map' | Table;
/** Field number, kind, and whether it is repeated. */
type Field = readonly [number, Kind] | readonly [number, Kind, 'repeated'];
export interface Table {
  readonly [name: string]: Field;
}

type Value<K> = K extends 'string'
  ? string
  : K extends 'bool'
    ? boolean
    : K extends 'int'
      ? number
      : K extends 'bytes'
        ? Buffer
        : K extends 'map'
          ? Record<string, string>
          : K extends Table
            ? Message<K>
            : never;
/** What is written and read: a field that is not there has no value; of a message that was read a scalar always has one. */
export type Message<T extends Table> = {
  -readonly [N in keyof T]?: T[N] extends readonly [number, infer K, 'repeated'] ? Value<K>[] : Value<T[N][1]>;
};

const VARINT = 0;
const FIXED_64 = 1;
const LENGTH = 2;
const FIXED_32 = 5;
const ENTRY = { key: [1, 'string'], value: [2, 'string'] } as const;
const NOTHING = { string: '', bool: false, int: 0 } as const;

export function encode<T extends Table>(table: T, message: Message<T>): Buffer {
  const values = message as Readonly<Record<string, unknown>>;
  const parts = Object.entries(table).flatMap(([name, [number, kind, repeated]]) => {
    const value = values[name];
    if (value === undefined) return [];
    const each = repeated === undefined ? [value] : (value as unknown[]);
    return each.flatMap((one) => encodeField(number, kind, one));
  });
  return Buffer.concat(parts);
}

function encodeField(number: number, kind: Kind, value: unknown): Buffer[] {
  const chunk = (bytes: Buffer): Buffer[] => [varint((number << 3) | LENGTH), varint(bytes.length), bytes];
  if (kind === 'int' || kind === 'bool') return [varint((number << 3) | VARINT), varint(Number(value))];
  if (kind === 'map') {
    const entries = Object.entries(value as Record<string, string>);
    return entries.flatMap(([key, text]) => chunk(encode(ENTRY, { key, value: text })));
  }
  if (typeof kind === 'object') return chunk(encode(kind, value as Message<Table>));
  return chunk(Buffer.from(value as string));
}

/** Negative numbers take ten bytes, as in two's complement of 64 bits. */
function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(rest)]);
}

export function decode<T extends Table>(table: T, bytes: Buffer): Message<T> {
  const message: Record<string, unknown> = {};
  for (const [name, [, kind, repeated]] of Object.entries(table)) {
    if (repeated !== undefined) message[name] = [];
    else if (kind === 'map') message[name] = {};
    else if (kind === 'bytes') message[name] = Buffer.alloc(0);
    else if (typeof kind === 'string') message[name] = NOTHING[kind];
  }
  const names = new Map(Object.entries(table).map(([name, field]) => [field[0], { name, field }]));
  for (const { number, value } of fields(bytes)) {
    const known = names.get(number);
    if (known !== undefined) put(message, known.name, known.field, value);
  }
  return message as Message<T>;
}

function put(message: Record<string, unknown>, name: string, [, kind, repeated]: Field, value: bigint | Buffer): void {
  const read = decodeValue(kind, value);
  if (repeated !== undefined) (message[name] as unknown[]).push(read);
  else if (kind === 'map') {
    const entry = read as { key: string; value: string };
    (message[name] as Record<string, string>)[entry.key] = entry.value;
  } else message[name] = read;
}

function decodeValue(kind: Kind, value: bigint | Buffer): unknown {
  if (typeof value === 'bigint') return kind === 'bool' ? value !== 0n : Number(BigInt.asIntN(64, value));
  if (kind === 'map') return decode(ENTRY, value);
  if (typeof kind === 'object') return decode(kind, value);
  return kind === 'string' ? value.toString() : value;
}

function* fields(bytes: Buffer): Generator<{ number: number; value: bigint | Buffer }> {
  let at = 0;
  const read = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) throw new Error('a message ends within a number');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const tag = Number(read());
    const type = tag & 7;
    if (type === VARINT) yield { number: tag >> 3, value: read() };
    else {
      const length = type === LENGTH ? Number(read()) : { [FIXED_32]: 4, [FIXED_64]: 8 }[type];
      if (length === undefined || at + length > bytes.length) throw new Error(`no field at byte ${at}`);
      yield { number: tag >> 3, value: bytes.subarray(at, (at += length)) };
    }
  }
}
