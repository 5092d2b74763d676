import { bytes, int32, int64, string } from './wire/field.js';
import { message, type Message, type MessageOf } from './wire/message.js';

export const Empty = message('google.protobuf.Empty', {});
export type Empty = MessageOf<typeof Empty>;

/** Seconds since the epoch, and nanoseconds of the second. */
export const Timestamp = message('google.protobuf.Timestamp', { seconds: int64(1), nanos: int32(2) });
export type Timestamp = MessageOf<typeof Timestamp>;

/** A message of any type. containerd's type URLs are bare names. */
export const Any = message('google.protobuf.Any', { typeUrl: string(1), value: bytes(2) });
export type Any = MessageOf<typeof Any>;

const NANOSECONDS = 1_000_000_000n;

/** Go's zero time, the year 1: what containerd takes for "no time". */
export const NO_TIME: Timestamp = { seconds: -62_135_596_800n, nanos: 0 };

/** `nanoseconds` since the epoch. */
export function timestampOf(nanoseconds: bigint): Timestamp {
  const nanos = ((nanoseconds % NANOSECONDS) + NANOSECONDS) % NANOSECONDS;
  return { seconds: (nanoseconds - nanos) / NANOSECONDS, nanos: Number(nanos) };
}

/** Nanoseconds since the epoch. */
export function nanosecondsOf({ seconds, nanos }: Timestamp): bigint {
  return seconds * NANOSECONDS + BigInt(nanos);
}

/** An Any that holds `value`. */
export function packAny<Out, In>(type: Message<Out, In>, value: NoInfer<In>): Any {
  return { typeUrl: type.name, value: type.encode(value) };
}

/** What `any` holds if it is of `type`. Throws InvalidArgument if it says so and isn't. */
export function unpackAny<Out, In>(type: Message<Out, In>, any: Any | undefined): Out | undefined {
  if (any === undefined || any.typeUrl.slice(any.typeUrl.lastIndexOf('/') + 1) !== type.name) return undefined;
  return type.decode(any.value);
}
