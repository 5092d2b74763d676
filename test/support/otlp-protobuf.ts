import { attributeMap, type OtlpRecord, type OtlpValue } from './otlp-records.js';

/** Field numbers and wire types of opentelemetry-proto v1, and how each is read. What is not here is an error. */
type Fields = Readonly<Record<number, readonly [name: string, wire: Wire, read: (value: never) => unknown]>>;
type Wire = (typeof Wire)[keyof typeof Wire];
const Wire = { Varint: 0, Fixed64: 1, Bytes: 2 } as const;

/** Repeated fields are lists, others come once. */
type Message = Readonly<Record<string, readonly unknown[]>>;

/** The records of an ExportLogsServiceRequest. Written from the protocol's text, and not with the driver's library. */
export function decodeProtobufRequest(bytes: Buffer): OtlpRecord[] {
  return message(bytes, REQUEST)['resourceLogs']!.flatMap((logs) => recordsOf(logs as Message));
}

/** An ExportLogsServiceResponse with a partial success. */
export function encodeProtobufResponse(rejected: number, text: string): Buffer {
  const words = Buffer.from(text);
  const success = Buffer.concat([Buffer.of(8), varint(rejected), Buffer.of(18), varint(words.length), words]);
  return Buffer.concat([Buffer.of(10), varint(success.length), success]);
}

function recordsOf({ resource, scopeLogs }: Message): OtlpRecord[] {
  const shared = once(resource!, 'resource') as ReadonlyMap<string, OtlpValue>;
  return scopeLogs!.flatMap((logs) => {
    const { scope, records } = logs as Message;
    const name = once(scope!, 'scope') as string;
    return records!.map((record) => ({
      resource: shared,
      scope: name,
      ...(record as Omit<OtlpRecord, 'resource' | 'scope'>),
    }));
  });
}

function record(bytes: Buffer): Omit<OtlpRecord, 'resource' | 'scope'> {
  const { time, observed, severity, body, attributes } = message(bytes, LOG_RECORD);
  return {
    time: once(time!, 'time_unix_nano') as bigint,
    observed: once(observed!, 'observed_time_unix_nano') as bigint,
    severity: Number(severity![0] ?? 0),
    body: once(body!, 'body') as OtlpValue,
    attributes: attributeMap(attributes as [string, OtlpValue][]),
  };
}

function keyValue(bytes: Buffer): [string, OtlpValue] {
  const { key, value } = message(bytes, KEY_VALUE);
  return [once(key!, 'key') as string, once(value!, 'value') as OtlpValue];
}

function anyValue(bytes: Buffer): OtlpValue {
  return once(Object.values(message(bytes, ANY_VALUE)).flat(), 'a value') as OtlpValue;
}

const text = (bytes: Buffer): string => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
const number = (value: bigint): bigint => value;
const ANY_VALUE: Fields = {
  1: ['string', Wire.Bytes, text],
  2: ['bool', Wire.Varint, (value: bigint) => value === 1n],
  3: ['int', Wire.Varint, (value: bigint) => BigInt.asIntN(64, value)],
  4: ['double', Wire.Fixed64, double],
  7: ['bytes', Wire.Bytes, (bytes: Buffer) => bytes],
};
const KEY_VALUE: Fields = { 1: ['key', Wire.Bytes, text], 2: ['value', Wire.Bytes, anyValue] };
const RESOURCE: Fields = { 1: ['attributes', Wire.Bytes, keyValue], 2: ['dropped', Wire.Varint, number] };
const SCOPE: Fields = { 1: ['name', Wire.Bytes, text], 2: ['version', Wire.Bytes, text] };
const LOG_RECORD: Fields = {
  1: ['time', Wire.Fixed64, number],
  2: ['severity', Wire.Varint, number],
  5: ['body', Wire.Bytes, anyValue],
  6: ['attributes', Wire.Bytes, keyValue],
  7: ['dropped', Wire.Varint, number],
  11: ['observed', Wire.Fixed64, number],
};
const SCOPE_LOGS: Fields = {
  1: ['scope', Wire.Bytes, (bytes: Buffer) => once(message(bytes, SCOPE)['name']!, 'name')],
  2: ['records', Wire.Bytes, record],
};
const RESOURCE_LOGS: Fields = {
  1: [
    'resource',
    Wire.Bytes,
    (bytes: Buffer) => attributeMap(message(bytes, RESOURCE)['attributes'] as [string, OtlpValue][]),
  ],
  2: ['scopeLogs', Wire.Bytes, (bytes: Buffer) => message(bytes, SCOPE_LOGS)],
};
const REQUEST: Fields = { 1: ['resourceLogs', Wire.Bytes, (bytes: Buffer) => message(bytes, RESOURCE_LOGS)] };

function message(bytes: Buffer, fields: Fields): Message {
  const found: Record<string, unknown[]> = Object.fromEntries(Object.values(fields).map(([name]) => [name, []]));
  const reader = new Reader(bytes);
  while (!reader.isAtEnd) {
    const tag = Number(reader.varint());
    const field = fields[tag >>> 3];
    if (field?.[1] !== (tag & 7)) throw new Error(`field ${tag >>> 3} of wire type ${tag & 7} is not expected`);
    found[field[0]]!.push(field[2](reader.value(field[1]) as never));
  }
  return found;
}

function once(values: readonly unknown[], name: string): unknown {
  if (values.length !== 1) throw new Error(`${name} comes ${values.length} times`);
  return values[0];
}

function double(bits: bigint): number {
  return new Float64Array(BigUint64Array.of(bits).buffer)[0]!;
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) | 128);
  return Buffer.from([...bytes, value]);
}

/** Reads the wire format; throws at its end. */
class Reader {
  #at = 0;

  constructor(private readonly bytes: Buffer) {}

  get isAtEnd(): boolean {
    return this.#at === this.bytes.length;
  }

  value(wire: Wire): bigint | Buffer {
    if (wire === Wire.Varint) return this.varint();
    if (wire === Wire.Fixed64) return this.#take(8).readBigUInt64LE();
    return this.#take(Number(this.varint()));
  }

  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#take(1)[0]!;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
    throw new Error('a varint has no end');
  }

  #take(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.bytes.length) throw new Error('a field is longer than its message');
    const taken = this.bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}
