import { appendFile, truncate, writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import type { LogEntry, StreamName } from '@holdfast/core/plugin';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { batchPlans, maxSize } from '../support/arbitraries.js';
import { batchOf, textBatch } from '@holdfast/testkit';
import { countReads } from '../support/count-reads.js';
import { TestLog } from '../support/test-log.js';

/** The last `count` logical lines, found the simple way: every record is looked at. */
function lastLines(entries: readonly LogEntry[], count: number): LogEntry[] {
  const lines: { end: number; records: number[] }[] = [];
  for (const stream of ['stdout', 'stderr']) {
    let records: number[] = [];
    for (const [i, entry] of entries.entries()) {
      if (entry.stream !== stream) continue;
      records.push(i);
      if (entry.partial) continue;
      lines.push({ end: i, records });
      records = [];
    }
    if (records.length > 0) lines.push({ end: records.at(-1)!, records });
  }
  const last = lines.sort((a, b) => b.end - a.end).slice(0, count);
  const wanted = new Set(last.flatMap(({ records }) => records));
  return entries.filter((_, i) => wanted.has(i));
}

describe('tail', () => {
  it('is the last logical lines, whatever lies in the log and however it was rotated', async () => {
    const streams = fc.constantFrom<readonly StreamName[]>(['stdout'], ['stderr'], ['stdout', 'stderr']);
    await fc.assert(
      fc.asyncProperty(batchPlans, maxSize, streams, async (plans, size, wanted) => {
        const log = await TestLog.make({ maxSize: size, maxFiles: 100 });
        try {
          for (const plan of plans) await log.driver.write(batchOf(plan.lines, plan));
          const all = (await log.readAll({ streams: wanted })) as LogEntry[];
          for (const count of [0, 1, 2, 5, 1000]) {
            const tail = await log.readAll({ streams: wanted, tail: count });
            expect(tail).toEqual(lastLines(all, count));
          }
        } finally {
          expect(await log.remove()).toEqual([]);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('tail of one log', () => {
  let log: TestLog;
  afterEach(async () => {
    vi.restoreAllMocks();
    expect(await log.remove()).toEqual([]);
  });

  it('reads only the end of a large file, and none of the older files', async () => {
    log = await TestLog.make({ maxSize: '20m' });
    const lines = Array.from({ length: 1000 }, (_, i) => `line ${i} ${'x'.repeat(100)}\n`);
    for (let i = 0; i < 250; i++) await log.driver.write(textBatch(lines));
    expect(await log.files()).toHaveLength(2);
    const count = await countReads();
    const tail = await log.readTexts({ tail: 10 });
    expect(tail).toEqual(lines.slice(-10).map((line) => line.trimEnd()));
    expect(count.bytes).toBeGreaterThan(1000);
    expect(count.bytes).toBeLessThan(256 << 10);
  });

  it('reads only the end of a file of 10 GB', async () => {
    log = await TestLog.make({}, { open: false });
    const line = (i: number): string => `2025-01-02T03:04:05.000000006Z stdout F line ${i} ${'x'.repeat(100)}\n`;
    // What lies before is a hole: only its size is real.
    await writeFile(log.path, line(0));
    await truncate(log.path, 10e9);
    await appendFile(log.path, `\n${Array.from({ length: 5000 }, (_, i) => line(i)).join('')}`);
    const count = await countReads();
    const tail = await log.readAll({ tail: 100 });
    expect(tail).toHaveLength(100);
    expect((tail[0] as LogEntry).bytes.toString()).toMatch(/^line 4900 /);
    expect(count.bytes).toBeGreaterThan(1000);
    expect(count.bytes).toBeLessThan(256 << 10);
  });

  it('looks no further than 1 MiB for the beginning of a line of another stream', async () => {
    log = await TestLog.make({ maxSize: -1 });
    await log.driver.write(textBatch(['lost'], { stream: 'stderr' }));
    const lines = Array.from({ length: 1000 }, (_, i) => `line ${i} ${'x'.repeat(100)}\n`);
    for (let i = 0; i < 100; i++) await log.driver.write(textBatch(lines));
    await log.driver.write(textBatch(['end\n'], { stream: 'stderr' }));
    const count = await countReads();
    expect(await log.readTexts({ tail: 1 })).toEqual(['!end']);
    expect(count.bytes).toBeGreaterThan(1 << 20);
    expect(count.bytes).toBeLessThan(3 << 20);
  });

  it.each(['cri', 'json'] as const)('is a whole line of several MiB, in the format %s', async (format) => {
    log = await TestLog.make({ format, maxSize: '2m', maxFiles: 100 });
    const parts = Array.from({ length: 400 }, (_, i) => `${i} ${'x'.repeat(16_000)}`);
    await log.driver.write(textBatch(['before\n', 'open ']));
    for (const [i, part] of parts.entries()) {
      await log.driver.write(textBatch([part]));
      if (i % 50 === 0) await log.driver.write(textBatch(['other\n'], { stream: 'stderr' }));
    }
    await log.driver.write(textBatch(['end\n']));
    const line = await log.readTexts({ tail: 1 });
    expect(line).toEqual(['open …', ...parts.map((part) => `${part}…`), 'end']);
  });

  it('says so when a line is longer than 16 MiB, and is its last 16 MiB', async () => {
    log = await TestLog.make({ maxSize: -1 });
    const part = 'x'.repeat(16_000);
    for (let i = 0; i < 100; i++) await log.driver.write(textBatch(Array(12).fill(part) as string[]));
    await log.driver.write(textBatch(['end\n']));
    const count = await countReads();
    const [gap, ...entries] = await log.readAll({ tail: 1 });
    expect(gap).toMatchObject({ type: 'gap', stream: 'stdout', reason: expect.stringContaining('16 MiB') as string });
    const bytes = (entries as LogEntry[]).reduce((sum, entry) => sum + entry.bytes.length, 0);
    expect(bytes).toBeGreaterThan(15 << 20);
    expect(bytes).toBeLessThan(17 << 20);
    // Once to find it, and once to show it.
    expect(count.bytes).toBeLessThan(36 << 20);
  });

  it('says so when the parts of a line are further apart than it looks', async () => {
    log = await TestLog.make({ maxSize: -1 });
    const lines = Array.from({ length: 1000 }, (_, i) => `line ${i} ${'x'.repeat(100)}\n`);
    await log.driver.write(textBatch(['one '], { stream: 'stderr' }));
    for (let i = 0; i < 20; i++) await log.driver.write(textBatch(lines));
    await log.driver.write(textBatch(['two ', 'three\n'], { stream: 'stderr' }));
    const gap = expect.stringMatching(/^gap: a line begins .* 1 MiB of the other stream/) as string;
    expect(await log.readTexts({ tail: 1 })).toEqual([gap, '!two …', '!three']);
  });

  it('counts a run of partial records as one line, in a raw log too', async () => {
    log = await TestLog.make({ format: 'raw', maxSize: 4, maxFiles: 10 });
    await log.driver.write(textBatch(['a\n', 'bbbb', 'cccc', 'd\n', 'e']));
    expect(await log.readTexts({ tail: 2 })).toEqual(['bbbb…', 'cccc…', 'd', 'e…']);
  });

  it('takes the lines before `until` from the end', async () => {
    log = await TestLog.make();
    for (const time of [10n, 20n, 30n, 40n]) await log.driver.write(textBatch([`at ${time}\n`], { time }));
    expect(await log.readTexts({ tail: 2, until: 40n })).toEqual(['at 20', 'at 30']);
    expect(await log.readTexts({ tail: 5, since: 20n, until: 40n })).toEqual(['at 20', 'at 30']);
  });
});
