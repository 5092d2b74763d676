import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RecordSplitter } from '../../src/stdio/record-splitter.js';

function cut(splitter: RecordSplitter, bytes: Buffer, flush: boolean): { records: Buffer[]; rest: Buffer } {
  const { count, consumed } = splitter.split(bytes, flush);
  const records = [...splitter.ends.slice(0, count)].map((end, i, ends) =>
    bytes.subarray(i === 0 ? 0 : ends[i - 1], end),
  );
  return { records, rest: bytes.subarray(consumed) };
}

const text = (records: readonly Buffer[]): string[] => records.map(String);

/** Bytes with many newlines, and long runs without. */
const bytes = fc.array(fc.constantFrom(10, 10, 65, 66, 0, 255), { maxLength: 200 }).map((list) => Buffer.from(list));
const maxRecord = fc.integer({ min: 1, max: 20 });

describe('splitting', () => {
  test('keeps newlines with their lines, and the beginning of a line for later', () => {
    const { records, rest } = cut(new RecordSplitter(), Buffer.from('a\n\nbc\nde'), false);
    expect([text(records), String(rest)]).toEqual([['a\n', '\n', 'bc\n'], 'de']);
  });

  test('makes a partial record of the beginning of a line when told to flush', () => {
    const { records, rest } = cut(new RecordSplitter(), Buffer.from('a\nde'), true);
    expect([text(records), rest.length]).toEqual([['a\n', 'de'], 0]);
  });

  test('cuts a long line, and does not cut one that is just short enough', () => {
    const splitter = new RecordSplitter(4);
    expect(text(cut(splitter, Buffer.from('abcd\nabcde\nabcdabcd'), false).records)).toEqual([
      'abcd\n',
      'abcd',
      'e\n',
      'abcd',
      'abcd',
    ]);
  });

  test('of nothing gives nothing', () => {
    expect(new RecordSplitter().split(Buffer.alloc(0), true)).toEqual({ count: 0, consumed: 0 });
  });
});

/** The same in plain JavaScript, to compare with. */
function splitPlainly(input: Buffer, max: number, flush: boolean): number[] {
  const ends: number[] = [];
  for (let at = 0; at < input.length;) {
    const newline = input.indexOf(10, at);
    let end = newline < 0 ? input.length : newline;
    if (end - at > max) end = at + max;
    else if (newline >= 0) end = newline + 1;
    else if (end - at < max && !flush) break;
    ends.push(end);
    at = end;
  }
  return ends;
}

describe('whatever the bytes', () => {
  test('the records are those of the plain splitter, also when there are more than there was room for', () => {
    fc.assert(
      fc.property(bytes, maxRecord, fc.boolean(), (input, max, flush) => {
        const splitter = new RecordSplitter(max);
        splitter.ends = new Uint32Array(1);
        const { count } = splitter.split(input, flush);
        expect([...splitter.ends.subarray(0, count)]).toEqual(splitPlainly(input, max, flush));
      }),
    );
  });

  test('records and rest are the bytes, no record is too long, and only full records lack a newline', () => {
    fc.assert(
      fc.property(bytes, maxRecord, fc.boolean(), (input, max, flush) => {
        const { records, rest } = cut(new RecordSplitter(max), input, flush);
        expect(Buffer.concat([...records, rest]).equals(input)).toBe(true);
        if (flush) expect(rest.length).toBe(0);
        expect(rest.includes(10)).toBe(false);
        expect(rest.length).toBeLessThan(max);
        for (const [i, record] of records.entries()) {
          const newline = record.indexOf(10);
          expect(newline === -1 || newline === record.length - 1).toBe(true);
          expect(newline === -1 ? record.length : record.length - 1).toBeLessThanOrEqual(max);
          const isLast = i === records.length - 1;
          if (newline === -1 && !(flush && isLast)) expect(record.length).toBe(max);
        }
      }),
    );
  });

  test('it makes no difference in which pieces they come, since what is not consumed comes again', () => {
    fc.assert(
      fc.property(bytes, maxRecord, fc.array(fc.nat(30)), (input, max, sizes) => {
        const whole = text(cut(new RecordSplitter(max), input, true).records);
        const splitter = new RecordSplitter(max);
        const pieces: Buffer[] = [];
        let pending = Buffer.alloc(0);
        let at = 0;
        for (const size of [...sizes, Infinity]) {
          const end = Math.min(input.length, at + size);
          const { records, rest } = cut(splitter, Buffer.concat([pending, input.subarray(at, end)]), size === Infinity);
          pieces.push(...records);
          pending = Buffer.from(rest);
          at = end;
        }
        // A record that is full just as its newline has not come yet is cut before the newline.
        const joined = (list: readonly string[]): string => list.join('').replaceAll('\n', '⏎');
        expect(joined(text(pieces))).toBe(joined(whole));
        expect(pieces.every((piece) => piece.length <= max + 1)).toBe(true);
      }),
    );
  });

  test('more records than there is room for make room', () => {
    const splitter = new RecordSplitter();
    expect(splitter.split(Buffer.alloc(5000, '\n'), false)).toEqual({ count: 5000, consumed: 5000 });
    expect([...splitter.ends.slice(4998, 5000)]).toEqual([4999, 5000]);
  });

  test('more than 16384 records wait for the next look', () => {
    const splitter = new RecordSplitter();
    expect(splitter.split(Buffer.alloc(100_000, '\n'), true)).toEqual({ count: 16_384, consumed: 16_384 });
  });
});
