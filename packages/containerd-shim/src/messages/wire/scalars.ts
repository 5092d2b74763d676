import { WIRE, type WireReader } from './wire-reader.js';
import type { WireWriter } from './wire-writer.js';

/** How a type without fields of its own is read and written. */
export interface Scalar<T> {
  readonly wireType: number;
  /** What stands for "absent", and is not written. */
  readonly zero: T;
  readonly read: (reader: WireReader) => T;
  readonly write: (writer: WireWriter, value: T) => void;
}

const NO_BYTES = new Uint8Array(0);

export const BOOL: Scalar<boolean> = {
  wireType: WIRE.VARINT,
  zero: false,
  read: (reader) => reader.bool(),
  write: (writer, value) => writer.bool(value),
};

export const UINT32: Scalar<number> = {
  wireType: WIRE.VARINT,
  zero: 0,
  read: (reader) => reader.uint32(),
  write: (writer, value) => writer.uint32(value),
};

/** Enumerations as well: they are open, and a number that nobody knows is kept. */
export const INT32: Scalar<number> = {
  wireType: WIRE.VARINT,
  zero: 0,
  read: (reader) => reader.int32(),
  write: (writer, value) => writer.int32(value),
};

export const UINT64: Scalar<bigint> = {
  wireType: WIRE.VARINT,
  zero: 0n,
  read: (reader) => reader.uint64(),
  write: (writer, value) => writer.uint64(value),
};

export const INT64: Scalar<bigint> = {
  wireType: WIRE.VARINT,
  zero: 0n,
  read: (reader) => reader.int64(),
  write: (writer, value) => writer.int64(value),
};

export const DOUBLE: Scalar<number> = {
  wireType: WIRE.FIXED64,
  zero: 0,
  read: (reader) => reader.double(),
  write: (writer, value) => writer.double(value),
};

export const STRING: Scalar<string> = {
  wireType: WIRE.BYTES,
  zero: '',
  read: (reader) => reader.string(),
  write: (writer, value) => writer.string(value),
};

export const BYTES: Scalar<Uint8Array> = {
  wireType: WIRE.BYTES,
  zero: NO_BYTES,
  read: (reader) => reader.copy(),
  write: (writer, value) => writer.bytes(value),
};
