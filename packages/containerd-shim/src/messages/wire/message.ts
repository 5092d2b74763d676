import type { Codec, Field } from './field.js';
import { WireReader } from './wire-reader.js';
import { WireWriter } from './wire-writer.js';

// `Field` is invariant, so that only `any` stands for every one of them.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type AnyField = Field<any, any>;
type Fields = Readonly<Record<string, AnyField>>;

type Decoded<F extends Fields> = {
  readonly [K in keyof F]: F[K] extends Field<infer Out, infer _In> ? Out : never;
};
type Initial<F extends Fields> = {
  readonly [K in keyof F]?: F[K] extends Field<infer _Out, infer In> ? In | undefined : never;
};

/** A message type: how its fields are called and numbered. */
export interface Message<Out, In> extends Codec<Out, In> {
  /** Its full name in protobuf: what stands in the type URL of an Any. */
  readonly name: string;
  encode(value: In): Uint8Array;
  /** Throws InvalidArgument for what is no such message. Unknown fields are passed over. */
  decode(bytes: Uint8Array): Out;
}

/** What decoding a message gives: every field is there, an absent message is undefined. */
export type MessageOf<M> = M extends Message<infer Out, infer _In> ? Out : never;
/** What encoding a message takes: fields that are left out are absent. */
export type InitOf<M> = M extends Message<infer _Out, infer In> ? In : never;

/** Defines a message. Fields are written in the order of the table, which is that of their numbers. */
export function message<F extends Fields>(name: string, fields: F): Message<Decoded<F>, Initial<F>> {
  const entries = Object.entries(fields);
  const byNumber = new Map(entries.map(([key, field]) => [field.number, { key, field }]));
  const blank = Object.fromEntries(entries.map(([key, field]) => [key, field.absent]));

  function write(writer: WireWriter, value: Initial<F>): void {
    for (const [key, field] of entries) {
      const own: unknown = value[key];
      if (own !== undefined) field.write(writer, own);
    }
  }

  function read(reader: WireReader, depth: number, into?: Decoded<F>): Decoded<F> {
    const decoded: Record<string, unknown> = { ...blank, ...into };
    while (!reader.done) {
      const tag = reader.tag();
      const wireType = tag & 7;
      const known = byNumber.get(tag >>> 3);
      if (known === undefined) reader.skip(wireType);
      else decoded[known.key] = known.field.read(reader, { wireType, before: decoded[known.key], depth }) as unknown;
    }
    return decoded as Decoded<F>;
  }

  return {
    name,
    write,
    read,
    encode: (value) => {
      const writer = new WireWriter();
      write(writer, value);
      return writer.finish();
    },
    decode: (bytes) => read(new WireReader(bytes), 0),
  };
}
