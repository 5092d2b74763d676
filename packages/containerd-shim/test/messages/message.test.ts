import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CheckpointOptions } from '../../src/messages/runtime-options.js';
import { StateRequest, StateResponse, UpdateTaskRequest } from '../../src/messages/task.js';
import {
  Any,
  NO_TIME,
  nanosecondsOf,
  packAny,
  Timestamp,
  timestampOf,
  unpackAny,
} from '../../src/messages/well-known.js';
import * as field from '../../src/messages/wire/field.js';
import { message } from '../../src/messages/wire/message.js';
import { stringMap } from '../../src/messages/wire/string-map.js';
import { CODE, TtrpcError } from '../../src/ttrpc/codes.js';
import { ALL_MESSAGES } from '../support/all-messages.js';

const Inner = message('test.Inner', { text: field.string(1), list: field.uint64s(2) });
const Every = message('test.Every', {
  flag: field.bool(1),
  small: field.uint32(2),
  signed: field.int32(3),
  large: field.uint64(4),
  largeSigned: field.int64(5),
  real: field.double(6),
  text: field.string(7),
  raw: field.bytes(8),
  inner: field.embedded(9, Inner),
  inners: field.repeated(10, Inner),
  texts: field.strings(11),
  numbers: field.int32s(12),
  longs: field.uint64s(13),
  map: stringMap(16),
  far: field.bool(536_870_911),
});

const text = fc.string({ unit: 'grapheme' });
const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const inner = fc.record({ text, list: fc.array(uint64) });
const every = fc.record({
  flag: fc.boolean(),
  small: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  signed: int32,
  large: uint64,
  largeSigned: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  // -0 is written as 0: it stands for "absent".
  real: fc.double({ noNaN: true }).map((value) => value + 0),
  text,
  raw: fc.uint8Array({ maxLength: 300 }),
  inner: fc.option(inner, { nil: undefined }),
  inners: fc.array(inner),
  texts: fc.array(text),
  numbers: fc.array(int32),
  longs: fc.array(uint64),
  map: fc.array(fc.tuple(text, text)).map((entries) => new Map(entries)),
  far: fc.boolean(),
});

function refused(decode: () => unknown): string {
  try {
    decode();
  } catch (error) {
    if (!(error instanceof TtrpcError)) throw error;
    expect(error.code).toBe(CODE.InvalidArgument);
    return error.message;
  }
  throw new Error('it was accepted');
}

const hex = (bytes: string) => Buffer.from(bytes.replaceAll(' ', ''), 'hex');

describe('a message', () => {
  it('is, decoded, what was encoded', () => {
    fc.assert(
      fc.property(every, (value) => {
        expect(Every.decode(Every.encode(value))).toEqual(value);
      }),
    );
  });

  it('writes nothing for what is absent, and reads every field of nothing', () => {
    const nothing = Every.decode(new Uint8Array(0));
    expect(Object.keys(nothing)).toHaveLength(15);
    expect(nothing).toMatchObject({ flag: false, large: 0n, text: '', inner: undefined, texts: [], map: new Map() });
    expect(Every.encode(nothing)).toHaveLength(0);
    expect(StateRequest.encode({ id: '', execId: undefined })).toHaveLength(0);
  });

  it('passes over fields that it does not know', () => {
    fc.assert(
      fc.property(every, (value) => {
        expect(message('test.None', {}).decode(Every.encode(value))).toEqual({});
      }),
    );
  });

  it('keeps an enumeration value that nobody knows', () => {
    expect(StateResponse.decode(hex('20 63')).status).toBe(99);
    expect(StateResponse.decode(hex('20 ffffffffffffffffff01')).status).toBe(-1);
  });

  it('takes the last of a single field, and merges a message that comes twice', () => {
    expect(StateRequest.decode(hex('0a0161 0a0162'))).toEqual({ id: 'b', execId: '' });
    expect(Every.decode(hex('4a06 0a0161 120101 4a03 120102')).inner).toEqual({ text: 'a', list: [1n, 2n] });
  });

  it('takes lists of numbers packed or not', () => {
    expect(Every.decode(hex('60 01 62 02 0203 60 04')).numbers).toEqual([1, 2, 3, 4]);
  });

  it('takes the low bits of a number that is too wide, as others do', () => {
    expect(Every.decode(hex('10 ffffffffffffffffff01')).small).toBe(0xffff_ffff);
    expect(Every.decode(hex('08 8080808010')).flag).toBe(true);
  });

  it('has map entries without a key or a value, and of a key twice the last', () => {
    const entries = '1a00 1a06 0a0161 120162 1a06 0a0161 120163';
    expect(UpdateTaskRequest.decode(hex(entries)).annotations).toEqual(
      new Map([
        ['', ''],
        ['a', 'c'],
      ]),
    );
  });

  it('shares no bytes with what it was decoded from', () => {
    const wire = Buffer.from(Any.encode({ typeUrl: 'x', value: Buffer.from('abc') }));
    const { value } = Any.decode(wire);
    wire.fill(0);
    expect(Buffer.from(value).toString()).toBe('abc');
  });

  it('never changes what another was given', () => {
    const first = CheckpointOptions.decode(hex('320161'));
    expect(CheckpointOptions.decode(hex('320162')).emptyNamespaces).toEqual(['b']);
    expect(first.emptyNamespaces).toEqual(['a']);
    expect(CheckpointOptions.decode(hex('')).emptyNamespaces).toEqual([]);
  });

  it('refuses to be written with numbers out of range', () => {
    expect(() => Every.encode({ small: -1 })).toThrow(/-1 is no uint32/);
    expect(() => Every.encode({ small: 1.5 })).toThrow(/no uint32/);
    expect(() => Every.encode({ signed: 2 ** 31 })).toThrow(/no int32/);
    expect(() => Every.encode({ large: 2n ** 64n })).toThrow(/no uint64/);
    expect(() => Every.encode({ largeSigned: 2n ** 63n })).toThrow(/no int64/);
  });
});

describe('what is no message is refused with InvalidArgument', () => {
  it.each([
    ['a number that ends early', '08 80', /ends within a number/],
    ['a tag that ends early', '80', /ends within a number/],
    ['a number of eleven bytes', '10 ffffffffffffffffffff01', /more than 64 bits/],
    ['a number of 65 bits', '10 ffffffffffffffffff02', /more than 64 bits/],
    ['a length beyond the end', '3a 05 6162', /ends within a field/],
    ['a length beyond everything', '3a ffffffffffffffffff01 61', /beyond the end/],
    ['a double of seven bytes', '31 00000000000000', /ends within a field/],
    ['an unknown fixed32 of three bytes', 'f501 000000', /ends within a field/],
    ['a group', '0b 0c', /field 1 has wire type 3/],
    ['an unknown group', 'f301 f401', /wire type 3/],
    ['the end of a group', 'f401', /wire type 4/],
    ['wire type 7', 'f701', /wire type 7/],
    ['field number 0', '02 00', /impossible number/],
    ['a field number of more than 29 bits', '8080808010 00', /impossible number/],
    ['a string with the wire type of a number', '38 01', /field 7 has wire type 0 in place of 2/],
    ['a number with the wire type of a string', '12 0161', /field 2 has wire type 2 in place of 0/],
    ['a list with the wire type of a fixed32', '65 00000000', /field 12 has wire type 5/],
    ['a string that is not UTF-8', '3a 02 c328', /not UTF-8/],
    ['a surrogate', '3a 03 eda080', /not UTF-8/],
  ])('%s', (_, bytes, reason) => {
    expect(refused(() => Every.decode(hex(bytes)))).toMatch(reason);
  });

  it('messages in messages without end', () => {
    let type = Inner as unknown as typeof Every;
    for (let i = 0; i < 40; i++)
      type = message('test.Nest', { inner: field.embedded(9, type) }) as unknown as typeof Every;
    const nested = (depth: number): Uint8Array => {
      let bytes = Buffer.alloc(0);
      for (let i = 0; i < depth; i++) bytes = Buffer.concat([Buffer.from([0x4a, ...varint(bytes.length)]), bytes]);
      return bytes;
    };
    expect(type.decode(nested(32)).inner).toBeDefined();
    expect(refused(() => type.decode(nested(33)))).toMatch(/more than 32 deep/);
  });

  it('lists that cost far more in memory than on the wire', () => {
    const elements = (count: number, pair: string) => hex(pair.repeat(count));
    expect(Every.decode(elements(65_536, '5200')).inners).toHaveLength(65_536);
    for (const pair of ['5200', '5a00', '6001']) {
      expect(refused(() => Every.decode(elements(65_537, pair)))).toMatch(/more than 65536 elements/);
    }
  });

  it('random bytes, and nothing else is ever thrown', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ALL_MESSAGES.values()), fc.uint8Array({ maxLength: 200 }), (type, bytes) => {
        try {
          const decoded = type.decode(bytes);
          expect(type.decode(type.encode(decoded as never))).toEqual(decoded);
        } catch (error) {
          expect(error).toBeInstanceOf(TtrpcError);
          expect((error as TtrpcError).code).toBe(CODE.InvalidArgument);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('a message that is cut or damaged anywhere, and nothing else is ever thrown', () => {
    fc.assert(
      fc.property(every, fc.nat(), fc.nat({ max: 255 }), (value, where, byte) => {
        const whole = Every.encode(value);
        const damaged = Uint8Array.from(whole);
        if (damaged.length > 0) damaged[where % damaged.length] = byte;
        for (const bytes of [whole.subarray(0, where % (whole.length + 1)), damaged]) {
          try {
            Every.decode(bytes);
          } catch (error) {
            expect(error).toMatchObject({ name: 'TtrpcError', code: CODE.InvalidArgument });
          }
        }
      }),
    );
  });
});

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
}

describe('times', () => {
  it('go to and from nanoseconds, before 1970 as well', () => {
    expect(timestampOf(-1n)).toEqual({ seconds: -1n, nanos: 999_999_999 });
    expect(timestampOf(1_500_000_000n)).toEqual({ seconds: 1n, nanos: 500_000_000 });
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }), (time) => {
        const stamp = timestampOf(time);
        expect(stamp.nanos).toBeGreaterThanOrEqual(0);
        expect(nanosecondsOf(stamp)).toBe(time);
      }),
    );
  });

  it('have the year 1 for "no time", as Go encodes it', () => {
    expect(Buffer.from(Timestamp.encode(NO_TIME)).toString('hex')).toBe('088092b8c398feffffff01');
  });
});

describe('an Any', () => {
  it('names its type without a prefix, and is read with one as well', () => {
    const any = packAny(Inner, { text: 'a' });
    expect(any.typeUrl).toBe('test.Inner');
    expect(unpackAny(Inner, any)).toEqual({ text: 'a', list: [] });
    expect(unpackAny(Inner, { ...any, typeUrl: 'type.googleapis.com/test.Inner' })?.text).toBe('a');
  });

  it('is undefined for another type, and for none', () => {
    expect(unpackAny(Inner, packAny(Any, {}))).toBeUndefined();
    expect(unpackAny(Inner, undefined)).toBeUndefined();
  });

  it('is refused if it holds something else than it says', () => {
    refused(() => unpackAny(Inner, { typeUrl: 'test.Inner', value: hex('0aff') }));
  });
});
