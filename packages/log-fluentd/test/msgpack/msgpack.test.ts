import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isString, StrictUnpacker, type Msgpack } from '../../../../test/support/strict-msgpack.js';
import { pack, type Packable } from '../../src/msgpack/pack.js';
import { unpack, type Unpacked } from '../../src/msgpack/unpack.js';

const { value } = fc.letrec<{ value: Packable }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2 },
    fc.nat(),
    fc.maxSafeNat(),
    fc.string({ unit: 'grapheme', maxLength: 40 }),
    fc.array(tie('value'), { maxLength: 20 }),
    fc.dictionary(fc.string({ maxLength: 10 }), tie('value'), { maxKeys: 20 }).map((map) => ({ ...map })),
  ),
}));

/** As the receiver of the tests reads it. */
function plain(read: Msgpack): Packable {
  if (typeof read === 'number') return read;
  if (read instanceof Map) {
    const pairs = [...(read as ReadonlyMap<string, Msgpack>)];
    return Object.fromEntries(pairs.map(([key, own]) => [key, plain(own)]));
  }
  if (isString(read)) return read.str.toString();
  return (read as readonly Msgpack[]).map(plain);
}

describe('what is packed', () => {
  it('is read by another reader, to the last byte', () => {
    fc.assert(
      fc.property(value, (made) => {
        const unpacker = new StrictUnpacker(pack(made));
        expect(plain(unpacker.next())).toEqual(made);
        expect(unpacker.isAtEnd).toBe(true);
      }),
    );
  });

  it.each([15, 16, 65_535, 65_536])('may be a list of %i', (length) => {
    expect(new StrictUnpacker(pack(Array<number>(length).fill(7))).next()).toHaveLength(length);
  });
});

describe('what a receiver says', () => {
  const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

  it.each<[string, Unpacked]>([
    ['7f', 127],
    ['ff', -1],
    ['c0', null],
    ['c2', false],
    ['c3', true],
    ['cc ff', 255],
    ['cd ffff', 65_535],
    ['ce ffffffff', 4_294_967_295],
    ['a2 ff00', '\xff\0'],
    ['d9 01 61', 'a'],
    ['da 0001 61', 'a'],
    ['db 00000001 61', 'a'],
    ['c4 01 ff', '\xff'],
    ['c5 0001 ff', '\xff'],
    ['c6 00000001 ff', '\xff'],
    ['dc 0001 01', [1]],
    ['de 0001 a161 01', new Map([['a', 1]])],
    ['82 01 02 a161 91c3', new Map([['a', [true]]])],
  ])('%s is understood', (bytes, expected) => {
    expect(unpack(hex(`${bytes} c0`))).toEqual({ value: expected, end: hex(bytes).length });
  });

  it('may come in pieces: there is no value before its last byte', () => {
    const bytes = pack(['HELO', { nonce: 'x'.repeat(300), keepalive: 1 }]);
    for (let i = 0; i < bytes.length; i++) expect(unpack(bytes.subarray(0, i))).toBeUndefined();
    expect(unpack(bytes)?.end).toBe(bytes.length);
  });

  it.each(['c1', 'ca 00000000', 'd4 00 00', 'df 00000001', '91'.repeat(9)])('is refused if it is %s', (bytes) => {
    expect(() => unpack(hex(`${bytes} c0`))).toThrow(Error);
  });

  it('never breaks the reader, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        let end = 0;
        try {
          end = unpack(Buffer.from(bytes))?.end ?? 0;
        } catch (error) {
          expect((error as Error).message).toMatch(/^a value of type|^values in values/);
        }
        expect(end).toBeLessThanOrEqual(bytes.length);
      }),
      { numRuns: 2000 },
    );
  });
});
