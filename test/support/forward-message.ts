import { gunzipSync } from 'node:zlib';
import { isString, StrictUnpacker, textOf, type Msgpack } from './strict-msgpack.js';

/** An event as a receiver of the forward protocol has it. */
export interface ForwardEvent {
  readonly tag: string;
  /** Nanoseconds since the epoch. */
  readonly time: bigint;
  /** Strings are latin1, one character a byte: a log may be any bytes. */
  readonly record: Readonly<Record<string, string | number>>;
}

export interface ForwardMessage {
  readonly events: readonly ForwardEvent[];
  /** Undefined: no ack is asked for. */
  readonly chunk: string | undefined;
  readonly compressed: boolean;
}

/** A message of mode PackedForward or CompressedPackedForward. Throws for what the protocol does not have. */
export function parseMessage(message: Msgpack): ForwardMessage {
  if (!Array.isArray(message) || message.length !== 3) throw new Error('not a list of tag, entries and options');
  const [tag, entries, options] = message as [Msgpack, Msgpack, Msgpack];
  if (!(options instanceof Map)) throw new Error('options are no map');
  for (const key of options.keys()) {
    if (!['size', 'chunk', 'compressed'].includes(key as string)) throw new Error(`unknown option ${String(key)}`);
  }
  const compressed = options.has('compressed');
  if (compressed && textOf(options.get('compressed') as Msgpack) !== 'gzip') throw new Error('unknown compression');
  const events = parseEntries(textOf(tag), bytesOf(entries), compressed);
  if (options.get('size') !== events.length) throw new Error('size is not the number of entries');
  const chunk = options.has('chunk') ? textOf(options.get('chunk') as Msgpack) : undefined;
  if (chunk !== undefined && Buffer.from(chunk, 'base64').length !== 16)
    throw new Error('chunk is no base64 of 128 bits');
  return { events, chunk, compressed };
}

function parseEntries(tag: string, packed: Buffer, compressed: boolean): ForwardEvent[] {
  const entries = new StrictUnpacker(compressed ? gunzipSync(packed) : packed);
  const events: ForwardEvent[] = [];
  while (!entries.isAtEnd) {
    const entry = entries.next();
    if (!Array.isArray(entry) || entry.length !== 2) throw new Error('an entry is no list of time and record');
    const [time, record] = entry as [Msgpack, Msgpack];
    events.push({ tag, time: timeOf(time), record: recordOf(record) });
  }
  return events;
}

function bytesOf(value: Msgpack): Buffer {
  if (typeof value === 'object' && value !== null && 'bin' in value) return value.bin;
  throw new Error('entries are no binary');
}

function timeOf(time: Msgpack): bigint {
  if (typeof time === 'number') return BigInt(time) * 1_000_000_000n;
  if (typeof time !== 'object' || time === null || !('ext' in time)) throw new Error('not a time');
  if (time.ext !== 0 || time.bytes.length !== 8) throw new Error('not an EventTime');
  const nanoseconds = time.bytes.readUInt32BE(4);
  if (nanoseconds >= 1_000_000_000) throw new Error('more nanoseconds than a second has');
  return BigInt(time.bytes.readUInt32BE(0)) * 1_000_000_000n + BigInt(nanoseconds);
}

function recordOf(record: Msgpack): Record<string, string | number> {
  if (!(record instanceof Map)) throw new Error('a record is no map');
  const own: Record<string, string | number> = {};
  for (const [key, value] of record as ReadonlyMap<string, Msgpack>) {
    if (typeof value === 'number') own[key] = value;
    else if (isString(value)) own[key] = value.str.toString('latin1');
    else throw new Error(`the field ${key} is neither string nor number`);
  }
  return own;
}
