import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EVENT, PACKET_BYTES, REQUEST } from '../../src/keeper/messages.js';
import { PacketReader, PacketWriter } from '../../src/keeper/wire.js';

describe('packets', () => {
  test('carry type and request id in an 8 byte head, little-endian', () => {
    expect(new PacketWriter(REQUEST.SPAWN, 0x01020304).bytes().toString('hex')).toBe('0200000004030201');
  });

  test('hold the bytes that docs/keeper-protocol.md says', () => {
    const bytes = new PacketWriter(1, 2).u32(7).u64(0x0102n).str('é').strs(['a', '']).bytes();
    expect(bytes.subarray(8).toString('hex')).toBe(
      '07000000' + '0201000000000000' + '02000000c3a9' + '02000000' + '0100000061' + '00000000',
    );
  });

  test('come back as they were written', () => {
    const field = fc.oneof(fc.nat(0xffffffff), fc.bigInt(0n, 2n ** 64n - 1n), fc.string({ unit: 'grapheme' }));
    fc.assert(
      fc.property(fc.nat(0xffff), fc.nat(0xffffffff), fc.array(field), (type, request, fields) => {
        const writer = new PacketWriter(type, request);
        for (const value of fields) {
          if (typeof value === 'number') writer.u32(value);
          else if (typeof value === 'bigint') writer.u64(value);
          else writer.str(value);
        }
        const reader = new PacketReader(writer.bytes());
        const read = fields.map((value) => {
          if (typeof value === 'number') return reader.u32();
          return typeof value === 'bigint' ? reader.u64() : reader.str();
        });
        expect([reader.type, reader.request, ...read]).toEqual([type, request, ...fields]);
      }),
    );
  });

  test('that are cut short raise a RangeError wherever the cut is', () => {
    const bytes = new PacketWriter(EVENT.EXITED, 0).u64(1n).u32(2).str('tag').bytes();
    for (let length = 8; length < bytes.length; length++) {
      const reader = new PacketReader(bytes.subarray(0, length));
      expect(() => [reader.u64(), reader.u32(), reader.str()], `${length} bytes`).toThrow(RangeError);
    }
  });

  test('with a string that claims to be longer than the packet raise a RangeError', () => {
    const reader = new PacketReader(new PacketWriter(1, 1).u32(0xffffffff).bytes());
    expect(() => reader.str()).toThrow(/past the packet/);
  });
});

test('requests and events have distinct numbers that fit the head', () => {
  const numbers = [...Object.values(REQUEST), ...Object.values(EVENT)];
  expect(new Set(numbers).size).toBe(numbers.length);
  expect(Object.values(EVENT).every((number) => number >= 128)).toBe(true);
  expect(PACKET_BYTES).toBe(65536);
});
