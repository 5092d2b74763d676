import { BOOL, BYTES, DOUBLE, INT32, INT64, STRING, UINT32, UINT64, type Scalar } from './scalars.js';
import { malformed, WIRE, WireReader } from './wire-reader.js';
import { WireWriter } from './wire-writer.js';

/** Elements of one repeated field: two bytes on the wire must not become a hundred in memory, two million times. */
export const MAX_ELEMENTS = 65_536;
const MAX_DEPTH = 32;

/** One field of a message. `Out` is what decoding gives, `In` what encoding takes. */
export interface Field<Out, In> {
  readonly number: number;
  /** Of a message that has no such field. */
  readonly absent: Out;
  /** Reads one occurrence. `before` is what the earlier ones gave. */
  read(reader: WireReader, occurrence: { wireType: number; before: Out; depth: number }): Out;
  /** Writes nothing for a value that stands for "absent". */
  write(writer: WireWriter, value: In): void;
}

/** What {@link embedded} needs of a message type. */
export interface Codec<Out, In> {
  readonly name: string;
  write(writer: WireWriter, value: In): void;
  read(reader: WireReader, depth: number, into?: Out): Out;
}

function expectType(number: number, wireType: number, wanted: number): void {
  if (wireType !== wanted) throw malformed(`field ${number} has wire type ${wireType} in place of ${wanted}`);
}

function scalar<T>(kind: Scalar<T>, number: number): Field<T, T> {
  return {
    number,
    absent: kind.zero,
    read: (reader, { wireType }) => {
      expectType(number, wireType, kind.wireType);
      return kind.read(reader);
    },
    write: (writer, value) => {
      if (value === kind.zero || (value instanceof Uint8Array && value.length === 0)) return;
      writer.tag(number, kind.wireType);
      kind.write(writer, value);
    },
  };
}

export const bool = (number: number) => scalar(BOOL, number);
export const uint32 = (number: number) => scalar(UINT32, number);
export const int32 = (number: number) => scalar(INT32, number);
export const uint64 = (number: number) => scalar(UINT64, number);
export const int64 = (number: number) => scalar(INT64, number);
export const double = (number: number) => scalar(DOUBLE, number);
export const string = (number: number) => scalar(STRING, number);
export const bytes = (number: number) => scalar(BYTES, number);

/** A message in a message. Undefined if absent; one that occurs twice is merged. */
export function embedded<Out, In>(number: number, codec: Codec<Out, In>): Field<Out | undefined, In | undefined> {
  return {
    number,
    absent: undefined,
    read: (reader, { wireType, before, depth }) => {
      expectType(number, wireType, WIRE.BYTES);
      return readEmbedded(reader, codec, { depth, into: before });
    },
    write: (writer, value) => {
      if (value !== undefined) writeEmbedded(writer, number, { codec, value });
    },
  };
}

function readEmbedded<Out, In>(reader: WireReader, codec: Codec<Out, In>, at: { depth: number; into?: Out }): Out {
  if (at.depth >= MAX_DEPTH) throw malformed(`messages in messages, more than ${MAX_DEPTH} deep`);
  return codec.read(new WireReader(reader.view()), at.depth + 1, at.into);
}

function writeEmbedded<Out, In>(
  writer: WireWriter,
  number: number,
  { codec, value }: { codec: Codec<Out, In>; value: In },
): void {
  const inner = new WireWriter();
  codec.write(inner, value);
  writer.tag(number, WIRE.BYTES);
  writer.bytes(inner.finish());
}

function append<T>(before: readonly T[], element: T, number: number): readonly T[] {
  if (before.length >= MAX_ELEMENTS) throw malformed(`field ${number} has more than ${MAX_ELEMENTS} elements`);
  // The list is this message's own as soon as it has an element.
  if (before.length === 0) return [element];
  (before as T[]).push(element);
  return before;
}

export function strings(number: number): Field<readonly string[], readonly string[]> {
  return {
    number,
    absent: [],
    read: (reader, { wireType, before }) => {
      expectType(number, wireType, WIRE.BYTES);
      return append(before, reader.string(), number);
    },
    write: (writer, values) => {
      for (const value of values) {
        writer.tag(number, WIRE.BYTES);
        writer.string(value);
      }
    },
  };
}

/** Numbers in a list: written packed, read packed or one by one. */
function packed<T>(kind: Scalar<T>, number: number): Field<readonly T[], readonly T[]> {
  return {
    number,
    absent: [],
    read: (reader, { wireType, before }) => {
      if (wireType === kind.wireType) return append(before, kind.read(reader), number);
      expectType(number, wireType, WIRE.BYTES);
      const inner = new WireReader(reader.view());
      let values = before;
      while (!inner.done) values = append(values, kind.read(inner), number);
      return values;
    },
    write: (writer, values) => {
      if (values.length === 0) return;
      const inner = new WireWriter();
      for (const value of values) kind.write(inner, value);
      writer.tag(number, WIRE.BYTES);
      writer.bytes(inner.finish());
    },
  };
}

export const int32s = (number: number) => packed(INT32, number);
export const uint64s = (number: number) => packed(UINT64, number);

export function repeated<Out, In>(number: number, codec: Codec<Out, In>): Field<readonly Out[], readonly In[]> {
  return {
    number,
    absent: [],
    read: (reader, { wireType, before, depth }) => {
      expectType(number, wireType, WIRE.BYTES);
      return append(before, readEmbedded(reader, codec, { depth }), number);
    },
    write: (writer, values) => {
      for (const value of values) writeEmbedded(writer, number, { codec, value });
    },
  };
}
