import { expect } from 'vitest';
import type { ConformanceTest } from '../suite/register-tests.js';
import type { LogBench } from './log-bench.js';
import { writtenText } from './texts.js';

/** The host cuts longer lines into partial records of this many bytes. */
const RECORD_BYTES = 16 << 10;
const LONG_LINE_BYTES = 10_000_000;
const RECORDS_A_BATCH = 4;
const ALL_BYTES = Array.from({ length: 256 }, (_, i) => String.fromCharCode(i))
  .filter((char) => char !== '\n')
  .join('');

/** Each is written in one batch, and must come back as it is. */
const TEXTS: readonly (readonly [what: string, texts: readonly string[]])[] = [
  ['one line', ['hello\n']],
  ['several lines of one batch', ['one\n', 'two\n', 'three\n']],
  ['a line without newline at the end', ['one\n', 'two']],
  ['partial records and the end of their line', ['one\n', 'tw', 'o\n', 'three\n']],
  ['blank lines', ['\n', 'one\n', '\n', '\n']],
  ['spaces and tabs around words', [' one\n', 'two \n', '\t\n', '   \n']],
  ['carriage returns', ['one\r\n', '\r\n', 'half\rway\n']],
  ['NULs', ['\0\n', 'a\0b\n', '\0\0']],
  ['bytes that are no UTF-8', ['\xff\xfe\n', 'caf\xe9\n', '\xc3\n', '\xed\xa0\x80\n']],
  ['every byte', [`${ALL_BYTES}\n`]],
  ['quotes, backslashes and braces', ['"quoted"\n', '\\n\n', '{"log":"x\\n"}\n']],
  ['lines that look like log records', ['2025-01-02T03:04:05.000000006Z stdout F x\n', '<3>MESSAGE=x\n', '-- b\n']],
];

/** What a driver must keep: the bytes. */
export const bytesTests: readonly ConformanceTest<LogBench>[] = [
  ...TEXTS.map(([what, texts]) => ({
    title: `keeps ${what}`,
    needs: ['read'],
    async run(bench: LogBench) {
      const writer = await bench.writer();
      await writer.write(texts);
      await writer.flush();
      expect(writtenText(await bench.read())).toBe(texts.join(''));
    },
  })),
  {
    title: 'keeps a character that a batch cut in two',
    needs: ['read'],
    async run(bench) {
      const writer = await bench.writer();
      await writer.write(['gr\xc3']);
      await writer.write(['\xbc\xc3\x9fe\n']);
      await writer.flush();
      expect(writtenText(await bench.read())).toBe('gr\xc3\xbc\xc3\x9fe\n');
    },
  },
  {
    title: 'tells partial records from whole ones',
    needs: ['read'],
    async run(bench) {
      const writer = await bench.writer();
      await writer.write(['one\n', 'tw']);
      await writer.write(['o\n', 'end']);
      await writer.flush();
      const items = await bench.read();
      expect(items.map((item) => item.type === 'entry' && [item.bytes.toString(), item.partial])).toEqual([
        ['one', false],
        ['tw', true],
        ['o', false],
        ['end', true],
      ]);
    },
  },
  {
    title: 'keeps a line of 10 MB, which comes in partial records',
    needs: ['read'],
    async run(bench) {
      const writer = await bench.writer();
      const records = longLine();
      for (let i = 0; i < records.length; i += RECORDS_A_BATCH)
        await writer.write(records.slice(i, i + RECORDS_A_BATCH));
      await writer.write(['next\n']);
      await writer.flush();
      // Compared by hand: a difference of 10 MB is not to be printed.
      expect(writtenText(await bench.read()) === `${records.join('')}next\n`).toBe(true);
    },
  },
];

function longLine(): string[] {
  const records: string[] = [];
  for (let rest = LONG_LINE_BYTES; rest > 0; rest -= RECORD_BYTES) {
    const letter = String.fromCharCode(97 + (records.length % 26));
    records.push(letter.repeat(Math.min(rest, RECORD_BYTES)));
  }
  return [...records.slice(0, -1), `${records.at(-1) ?? ''}\n`];
}
