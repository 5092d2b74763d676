import { appendFile, readFile, rename, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { LogEntry, LogGap, LogQuery } from '@holdfast/core/plugin';
import { afterEach, describe, expect, it } from 'vitest';
import { CompressedBytes } from '../../src/read/compressed-bytes.js';
import { openSource } from '../../src/read/source.js';
import { textBatch, BATCH_TIME as TIME } from '@holdfast/testkit';
import { TestLog, textOf } from '../support/test-log.js';
import { until } from '../support/until.js';

const NEVER = new AbortController().signal;
const HEADER = 40;
const SECOND = 1_000_000_000n;

async function nextText(items: AsyncIterator<LogEntry | LogGap, unknown>): Promise<string | undefined> {
  const result = await items.next();
  return result.done === true ? undefined : textOf(result.value);
}

function criLine(text: string, time = '2025-01-02T03:04:05.000000006Z'): string {
  return `${time} stdout F ${text}\n`;
}

describe('reading compressed files', () => {
  let log: TestLog;
  afterEach(async () => {
    expect(await log.remove()).toEqual([]);
  });

  it("takes others' too, as docker and logrotate make them, of several parts", async () => {
    log = await TestLog.make({}, { open: false });
    const parts = [gzipSync(criLine('1') + criLine('2')), gzipSync(criLine('3'))];
    await writeFile(`${log.path}.2.gz`, Buffer.concat(parts));
    await writeFile(`${log.path}.1`, criLine('4'));
    expect(await log.readTexts()).toEqual(['1', '2', '3', '4']);
    expect(await log.readTexts({ tail: 2 })).toEqual(['3', '4']);
    await writeFile(log.path, criLine('5'));
    expect(await log.readTexts({ tail: 3 })).toEqual(['3', '4', '5']);
    expect(await log.readTexts({ tail: 9 })).toEqual(['1', '2', '3', '4', '5']);
  });

  it('finds the beginning of one that is larger than what is kept in memory', async () => {
    log = await TestLog.make({}, { open: false });
    const count = 220_000;
    const lines = Array.from({ length: count }, (_, i) => criLine(String(i)));
    await writeFile(`${log.path}.1.gz`, gzipSync(lines.join(''), { level: 1 }));
    await writeFile(log.path, criLine('last'));
    const all = await log.readTexts();
    expect(all).toHaveLength(count + 1);
    expect((await log.readTexts({ tail: count - 9 })).join() === all.slice(10).join()).toBe(true);
  });

  it('reads any range of one', async () => {
    log = await TestLog.make({}, { open: false });
    const contents = Buffer.from(Array.from({ length: 400_000 }, (_, i) => i % 251));
    await writeFile(`${log.path}.1.gz`, gzipSync(contents));
    const source = await openSource(`${log.path}.1.gz`, true);
    expect(source?.bytes).toBeInstanceOf(CompressedBytes);
    const { bytes } = source!;
    const range = fc.tuple(fc.integer({ min: 0, max: 400_100 }), fc.integer({ min: 0, max: 100_000 }));
    await fc.assert(
      fc.asyncProperty(range, async ([position, length]) => {
        const target = Buffer.alloc(length);
        const read = await bytes.read(target, length, position);
        expect(target.subarray(0, read).equals(contents.subarray(position, position + length))).toBe(true);
      }),
    );
    expect(await bytes.size()).toBe(contents.length);
    await bytes.close();
  });

  it.each([
    ['cut off', (whole: Buffer) => whole.subarray(0, whole.length / 2)],
    ['overwritten', (whole: Buffer) => Buffer.concat([whole.subarray(0, whole.length / 2), Buffer.alloc(999)])],
  ])('gives what can be read of one that was %s, and then a gap', async (_how, spoil) => {
    log = await TestLog.make({}, { open: false });
    const lines = Array.from({ length: 50_000 }, (_, i) => criLine(`${i} ${(i * 7919) % 10007}`));
    await writeFile(`${log.path}.2.gz`, gzipSync(criLine('older')));
    await writeFile(`${log.path}.1.gz`, spoil(gzipSync(lines.join(''))));
    await writeFile(log.path, criLine('younger'));
    const texts = await log.readTexts();
    expect(texts[0]).toBe('older');
    expect(texts[1]).toBe('0 0');
    expect(texts.length).toBeGreaterThan(1000);
    expect(texts.at(-2)).toMatch(/^gap: the compressed log file is damaged: /);
    expect(texts.at(-1)).toBe('younger');
  });

  it('has a gap for one that is not compressed at all', async () => {
    log = await TestLog.make({}, { open: false });
    await writeFile(`${log.path}.1.gz`, criLine('plain'));
    await writeFile(log.path, criLine('younger'));
    expect(await log.readTexts()).toEqual([
      expect.stringMatching(/^gap: the compressed log file is damaged: /),
      'younger',
    ]);
  });

  it('opens no file that was last written before `since`, or begins behind `until`', async () => {
    log = await TestLog.make({ maxSize: HEADER + 2, maxFiles: 9, compress: true });
    const at = (i: number): bigint => TIME + BigInt(i) * 10n * SECOND;
    for (let i = 0; i < 6; i++) {
      await log.driver.write(textBatch([`${i}\n`], { time: at(i) }));
      const seconds = Number(at(i) / SECOND);
      await utimes(log.path, seconds, seconds);
    }
    await log.driver.close('drained', NEVER);
    expect((await log.files()).filter((name) => name.endsWith('.gz'))).toHaveLength(5);
    expect(await log.readTexts({ since: at(2), until: at(4) })).toEqual(['2', '3']);
    // The others cannot be read: a gap would show if they were.
    for (const n of [5, 4]) await spoilContents(`${log.path}.${n}.gz`);
    expect(await log.readTexts({ since: at(2), until: at(4) })).toEqual(['2', '3']);
    expect(await log.readTexts({ since: at(1), until: at(4) })).toContainEqual(
      expect.stringMatching(/^gap: .*damaged/),
    );
  });

  it('of which one was renamed meanwhile goes on with the next', async () => {
    log = await TestLog.make({}, { open: false });
    await writeFile(`${log.path}.1.gz`, gzipSync(criLine('1') + criLine('2')));
    await writeFile(log.path, criLine('3'));
    const items = log.read();
    const texts = [await nextText(items)];
    await rename(`${log.path}.1.gz`, `${log.path}.2.gz`);
    await rename(log.path, `${log.path}.1`);
    await writeFile(log.path, criLine('4'));
    for await (const item of items) texts.push(textOf(item));
    expect(texts).toEqual(['1', '2', '3']);
  });

  describe('with follow', () => {
    async function collect(
      query: LogQuery,
      onItem: (count: number) => Promise<void> = async () => {},
    ): Promise<string[]> {
      const texts: string[] = [];
      for await (const item of log.read(query)) {
        texts.push(textOf(item));
        await onItem(texts.length);
      }
      return texts;
    }

    it('loses and repeats nothing when files are rotated and compressed under it, however slow it is', async () => {
      const pauses = fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 1, maxLength: 8 });
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 1, max: 12 }), pauses, async (linesInFile, stops) => {
          log = await TestLog.make({ maxSize: linesInFile * (HEADER + 9), maxFiles: 100, compress: true });
          const stop = new AbortController();
          const lines = Array.from({ length: 90 }, (_, i) => `line ${i + 100}`);
          let go: () => void = () => undefined;
          const following = collect({ follow: stop.signal }, async (count) => {
            if (stops.includes(count)) await new Promise<void>((resolve) => (go = resolve));
          });
          for (const line of lines) {
            await log.driver.write(textBatch([`${line}\n`]));
            if (line.endsWith('7')) go();
          }
          await log.driver.close('drained', NEVER);
          stop.abort();
          const pump = setInterval(() => go(), 1);
          expect(await following).toEqual(lines);
          clearInterval(pump);
          expect(await log.remove()).toEqual([]);
        }),
        { numRuns: 15 },
      );
    });

    it('knows its file again once it has been compressed', async () => {
      log = await TestLog.make({ maxSize: 2 * (HEADER + 2), maxFiles: 9, compress: true });
      const write = async (...texts: string[]): Promise<void> => log.driver.write(textBatch(texts));
      await write('1\n');
      const stop = new AbortController();
      const items = log.read({ follow: stop.signal });
      expect(await nextText(items)).toBe('1');
      await write('2\n', '3\n', '4\n', '5\n');
      await until('both are compressed', async () => (await log.files()).join().endsWith('.1.gz,container.log.2.gz'));
      const texts: string[] = [];
      stop.abort();
      for await (const item of items) texts.push(textOf(item));
      expect(texts).toEqual(['2', '3', '4', '5']);
    });

    it('reads what kubelet renamed twice while it was slow', async () => {
      log = await TestLog.make();
      const stop = new AbortController();
      const items = log.read({ follow: stop.signal });
      await log.driver.write(textBatch(['1\n']));
      expect(await nextText(items)).toBe('1');
      for (const n of [2, 3, 4]) {
        await rename(log.path, `${log.path}.20250102-03040${n}`);
        await log.driver.reopen();
        await log.driver.write(textBatch([`${n}\n`]));
      }
      await appendFile(`${log.path}.note`, 'not a log');
      stop.abort();
      const texts: string[] = [];
      for await (const item of items) texts.push(textOf(item));
      expect(texts).toEqual(['2', '3', '4']);
    });
  });

  async function spoilContents(path: string): Promise<void> {
    const { atime, mtime } = await stat(path);
    const { length } = await readFile(path);
    await truncate(path, length - 20);
    await utimes(path, atime, mtime);
  }
});
