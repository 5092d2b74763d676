import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ExportParser } from '../../src/read/export-parser.js';

type Fields = readonly (readonly [name: string, value: Buffer])[];

const name = fc.stringMatching(/^[A-Z_]{1,12}$/);
const value = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes));
const entry: fc.Arbitrary<Fields> = fc.uniqueArray(fc.tuple(name, value), {
  minLength: 1,
  maxLength: 6,
  selector: ([key]) => key,
});

function exported(entries: readonly Fields[]): Buffer {
  const fieldOf = ([key, bytes]: Fields[number], i: number): Buffer => {
    if (!bytes.includes(10) && i % 2 === 0) return Buffer.concat([Buffer.from(`${key}=`), bytes, Buffer.from('\n')]);
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(bytes.length));
    return Buffer.concat([Buffer.from(`${key}\n`), length, bytes, Buffer.from('\n')]);
  };
  return Buffer.concat(entries.flatMap((fields) => [...fields.map(fieldOf), Buffer.from('\n')]));
}

function parse(parser: ExportParser, bytes: Buffer, step: number): Record<string, string>[] {
  const found: Record<string, string>[] = [];
  for (let at = 0; at < bytes.length; at += step) {
    for (const { fields } of parser.push(bytes.subarray(at, at + step))) {
      found.push(Object.fromEntries([...fields].map(([key, own]) => [key, own.toString('latin1')])));
    }
  }
  return found;
}

describe('the export format', () => {
  it('is read whatever bytes are in it and however it is cut into chunks', () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 4 }), fc.integer({ min: 1, max: 50 }), (entries, step) => {
        const wanted = new Map(entries.flat().map(([key]) => [key, 100]));
        const expected = entries.map((fields) =>
          Object.fromEntries(fields.map(([key, bytes]) => [key, bytes.toString('latin1')])),
        );
        expect(parse(new ExportParser(wanted), exported(entries), step)).toEqual(expected);
      }),
    );
  });

  it('costs no memory for fields that nobody asked for, and a bounded one for others', () => {
    const parser = new ExportParser(new Map([['B', 3]]));
    const bytes = exported([
      [
        ['A', Buffer.alloc(1000)],
        ['B', Buffer.from('abcdef')],
      ],
    ]);
    const [record] = [...parser.push(bytes)];
    expect([...record!.fields]).toEqual([['B', Buffer.from('abc')]]);
    expect([...record!.cut]).toEqual([['B', 3]]);
  });

  it('keeps the first of two fields of one name', () => {
    const parser = new ExportParser(new Map([['A', 10]]));
    expect(parse(parser, Buffer.from('A=1\nA=2\n\n'), 100)).toEqual([{ A: '1' }]);
  });

  it.each([
    ['a name without end', Buffer.alloc(1000, 'x')],
    ['a binary field that does not end where it says', Buffer.from('A\n\x01\0\0\0\0\0\0\0xy\n\n')],
  ])('is refused with %s', (_what, bytes) => {
    expect(() => [...new ExportParser(new Map()).push(bytes)]).toThrow(Error);
  });

  it('gives nothing for an entry that has not ended', () => {
    const parser = new ExportParser(new Map([['A', 10]]));
    expect(parse(parser, Buffer.from('A=1\n'), 1)).toEqual([]);
    expect(parse(parser, Buffer.from('\n'), 1)).toEqual([{ A: '1' }]);
  });
});
