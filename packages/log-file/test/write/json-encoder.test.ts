import fc from 'fast-check';
import type { FileLane, LogBatch } from '@holdfast/core/plugin';
import { describe, expect, it } from 'vitest';
import { SPAN_LIMIT, type Span } from '../../src/write/encoder.js';
import { JsonEncoder } from '../../src/write/json-encoder.js';
import { batchOf, lineOf, BATCH_TIME as TIME, textBatch, type Line } from '@holdfast/testkit';
import { dockerRecord } from '../support/docker-json.js';

/** What the encoder has the lane write. */
async function encoded(encoder: JsonEncoder, batch: LogBatch, span: Span): Promise<Buffer> {
  const pieces: Buffer[] = [];
  const write = (_fd: number, bytes: Uint8Array): Promise<void> => {
    pieces.push(Buffer.from(bytes));
    return Promise.resolve();
  };
  await encoder.write({ lane: { write } as unknown as FileLane, fd: 0 }, batch, span);
  return Buffer.concat(pieces);
}

async function recordOf(bytes: string | Buffer, attrs?: string, time = TIME): Promise<string> {
  const encoder = new JsonEncoder(attrs);
  const line = typeof bytes === 'string' ? lineOf(bytes) : { bytes, partial: true };
  const batch = batchOf([line], { time });
  const span = encoder.fit(batch, 0, { room: Infinity, atLeastOne: false });
  return (await encoded(encoder, batch, span)).toString();
}

const record = (log: string): string => `{"log":"${log}","stream":"stdout","time":"2025-01-02T03:04:05.000000006Z"}\n`;

/** Pieces of UTF-8, whole, broken, overlong, surrogates and past the end of Unicode, and what is escaped. */
const piece = fc.oneof(
  fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes)),
  fc.string({ unit: 'binary', maxLength: 6 }).map((text) => Buffer.from(text)),
  fc
    .constantFrom('"\\<>&', '\b\f\t\r\v\0\x1f\x7f', '\u2027\u2028\u2029\u202a', '\ufffd', '\ufeff')
    .map((text) => Buffer.from(text)),
  fc
    .constantFrom(
      'c0af',
      'c1bf',
      'e0809f',
      'e09fbf',
      'eda080',
      'edbfbf',
      'ee8080',
      'f08fbfbf',
      'f48fbfbf',
      'f4908080',
      'f5808080',
      'e282',
      'f09f98',
      'ff',
      '80',
    )
    .map((hex) => Buffer.from(hex, 'hex')),
);

const line: fc.Arbitrary<Line> = fc
  .record({ pieces: fc.array(piece, { maxLength: 6 }), partial: fc.boolean() })
  .map(({ pieces, partial }) => ({
    bytes: Buffer.concat(pieces).map((byte) => (byte === 10 ? 11 : byte)) as Buffer,
    partial,
  }));

const plan = fc.record({
  stream: fc.constantFrom('stdout' as const, 'stderr' as const),
  time: fc.bigInt({ min: 0n, max: 4_102_444_799_999_999_999n }),
  lines: fc.array(line, { minLength: 1, maxLength: 6 }),
});

describe('the JSON encoder', () => {
  it.each([
    ['hello\n', 'hello\\n'],
    ['\n', '\\n'],
    ['a part of a line', 'a part of a line'],
    ['<a href="x">&amp;\\</a>\n', '\\u003ca href=\\"x\\"\\u003e\\u0026amp;\\\\\\u003c/a\\u003e\\n'],
    ['\t\b\f\r\v\0\x1b[0m\x7f\n', '\\u0009\\u0008\\u000c\\r\\u000b\\u0000\\u001b[0m\x7f\\n'],
    ['\u2028\u2029\u2027\n', '\\u2028\\u2029\u2027\\n'],
    ['é€😀\ufffd\ufeff\n', 'é€😀\ufffd\ufeff\\n'],
  ])('writes %j as docker does', async (text, log) => {
    expect(await recordOf(Buffer.from(text))).toBe(record(log));
  });

  it.each([
    ['ff', '\\ufffd'],
    ['e28241', '\\ufffd\\ufffdA'],
    ['f09f98', '\\ufffd\\ufffd\\ufffd'],
    ['c0af', '\\ufffd\\ufffd'],
    ['eda080', '\\ufffd\\ufffd\\ufffd'],
    ['f4908080', '\\ufffd\\ufffd\\ufffd\\ufffd'],
  ])('replaces each invalid byte of %s', async (hex, log) => {
    expect(await recordOf(Buffer.from(hex, 'hex'))).toBe(record(log));
  });

  it('leaves an empty text out', async () => {
    expect(await recordOf(Buffer.alloc(0))).toBe('{"stream":"stdout","time":"2025-01-02T03:04:05.000000006Z"}\n');
    const withAttrs = '{"stream":"stdout","attrs":{"a":"b"},"time":"2025-01-02T03:04:05.000000006Z"}\n';
    expect(await recordOf(Buffer.alloc(0), '{"a":"b"}')).toBe(withAttrs);
  });

  it('puts attrs between stream and time', async () => {
    expect(await recordOf('x\n', '{"a":"b"}')).toBe(
      '{"log":"x\\n","stream":"stdout","attrs":{"a":"b"},"time":"2025-01-02T03:04:05.000000006Z"}\n',
    );
  });

  it.each([
    [0n, '1970-01-01T00:00:00Z'],
    [1_735_787_050_000_000_000n, '2025-01-02T03:04:10Z'],
    [1_735_787_045_120_000_000n, '2025-01-02T03:04:05.12Z'],
    [1_735_787_045_000_000_100n, '2025-01-02T03:04:05.0000001Z'],
  ])('trims the zeros at the end of the time %d', async (time, text) => {
    expect(await recordOf('x\n', undefined, time)).toBe(`{"log":"x\\n","stream":"stdout","time":"${text}"}\n`);
  });

  it('writes any bytes as the simple way does, in as many spans as the room asks for', async () => {
    await fc.assert(
      fc.asyncProperty(plan, fc.integer({ min: 1, max: 600 }), async ({ stream, time, lines }, room) => {
        const encoder = new JsonEncoder();
        const batch = batchOf(lines, { stream, time });
        const pieces: Buffer[] = [];
        for (let done = 0; done < batch.count;) {
          const span = encoder.fit(batch, done, { room, atLeastOne: true });
          pieces.push(await encoded(encoder, batch, span));
          expect(pieces.at(-1)!.length).toBe(span.size);
          expect(span.size <= room || span.to === done + 1).toBe(true);
          done = span.to;
        }
        const expected = lines.map(({ bytes, partial }) =>
          dockerRecord(partial ? bytes : Buffer.concat([bytes, Buffer.from('\n')]), stream, time),
        );
        expect(Buffer.concat(pieces).toString('latin1')).toBe(Buffer.from(expected.join('')).toString('latin1'));
      }),
      { numRuns: 300 },
    );
  });

  it('takes nothing if the first record does not fit', () => {
    const encoder = new JsonEncoder();
    const batch = textBatch(['one\n']);
    expect(encoder.fit(batch, 0, { room: 60, atLeastOne: false })).toEqual({ from: 0, to: 0, size: 0 });
  });

  it('knows how many records of a part are whole', () => {
    const encoder = new JsonEncoder();
    const batch = textBatch(['one\n', 'two\n', 'three\n']);
    const size = record('one\\n').length;
    const span = encoder.fit(batch, 0, { room: Infinity, atLeastOne: false });
    expect(encoder.whole(batch, span, 2 * size + 5)).toEqual({ from: 0, to: 2, size: 2 * size });
  });

  it('makes spans of bounded size, and larger ones for larger records', async () => {
    const encoder = new JsonEncoder();
    const batch = textBatch([...new Array<string>(20_000).fill('\n'), `${'\x01'.repeat(SPAN_LIMIT)}\n`, 'last\n']);
    const sizes: number[] = [];
    for (let done = 0; done < batch.count;) {
      const span = encoder.fit(batch, done, { room: Infinity, atLeastOne: false });
      expect((await encoded(encoder, batch, span)).length).toBe(span.size);
      sizes.push(span.size);
      done = span.to;
    }
    const overhead = record('\\n').length;
    expect(sizes).toHaveLength(4);
    expect(Math.max(sizes[0]!, sizes[1]!)).toBeLessThanOrEqual(SPAN_LIMIT);
    expect(sizes[2]).toBe(6 * SPAN_LIMIT + overhead);
  });
});
