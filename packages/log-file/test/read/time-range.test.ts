import { appendFile, utimes, writeFile } from 'node:fs/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { timestamp } from '../../src/write/timestamp.js';
import { countReads } from '../support/count-reads.js';
import { TestLog } from '../support/test-log.js';

const SECOND = 1_000_000_000n;
const START = 1_735_787_045_000_000_006n;
const PAD = 'x'.repeat(460);
const LINES = 60_000;

/** A record a second, about 500 bytes each; `at` may bend time. */
function cri(i: number, at = (n: number): bigint => START + BigInt(n) * SECOND): string {
  return `${timestamp(at(i))} stdout F ${i} ${PAD}\n`;
}

function json(i: number): string {
  const time = timestamp(START + BigInt(i) * SECOND);
  return `${JSON.stringify({ log: `${i} ${PAD}\n`, stream: 'stdout', time })}\n`;
}

describe('since and until in a large file', () => {
  let log: TestLog;
  afterEach(async () => {
    vi.restoreAllMocks();
    expect(await log.remove()).toEqual([]);
  });

  async function fill(line: (i: number) => string, format: 'cri' | 'json' = 'cri'): Promise<void> {
    log = await TestLog.make({ format }, { open: false });
    const lines = Array.from({ length: LINES }, (_, i) => line(i));
    await writeFile(log.path, lines.join(''));
  }

  const numbers = async (query: object): Promise<number[]> =>
    (await log.readTexts(query)).map((text) => Number.parseInt(text, 10));
  const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
  const time = (i: number): bigint => START + BigInt(i) * SECOND;

  it.each([
    ['cri', cri],
    ['json', json],
  ] as const)('of %s find their place without reading what lies before and behind', async (format, line) => {
    await fill((i) => line(i), format);
    const count = await countReads();
    expect(await numbers({ since: time(40_000), until: time(40_100) })).toEqual(range(40_000, 40_100));
    expect(await numbers({ since: time(LINES - 5) })).toEqual(range(LINES - 5, LINES));
    expect(await numbers({ until: time(3) })).toEqual([0, 1, 2]);
    expect(await numbers({ until: time(50_000), tail: 2 })).toEqual([49_998, 49_999]);
    expect(await numbers({ since: time(50_000), tail: 20_000 })).toEqual(range(50_000, LINES));
    expect(await numbers({ since: time(LINES) })).toEqual([]);
    // Samples, a MiB or two on each side, and what was asked for; all of it would be 180 MB.
    expect(count.bytes).toBeGreaterThan(1 << 20);
    expect(count.bytes).toBeLessThan(40 << 20);
  });

  it('read all of a file in which the clock was set back', async () => {
    const half = LINES / 2;
    await fill((i) => cri(i, (n) => time(n < half ? n : n - half / 2)));
    const expected = [...range(25_000, half), ...range(half + 10_000, LINES)];
    expect(await numbers({ since: time(25_000) })).toEqual(expected);
    expect(await numbers({ until: time(20_000) })).toEqual([...range(0, 20_000), ...range(half, half + 5_000)]);
  });

  it('read all of a file that was last written before its last records', async () => {
    await fill((i) => cri(i));
    const seconds = Number(START / SECOND);
    await utimes(log.path, seconds, seconds);
    await writeFile(`${log.path}.1`, '');
    expect(await numbers({ since: time(LINES - 2) })).toEqual([LINES - 2, LINES - 1]);
  });

  it('step over lines that are no records, and give up where there are none', async () => {
    await fill((i) => (i % 2 === 0 ? cri(i) : `${PAD}\n`));
    const texts = await log.readTexts({ since: time(LINES - 4) });
    expect(texts.filter((text) => !text.startsWith('gap')).map((text) => Number.parseInt(text, 10))).toEqual([
      LINES - 4,
      LINES - 2,
    ]);
    await writeFile(log.path, `${'no record '.repeat(1_000_000)}\n${cri(1)}`);
    expect((await log.readTexts({ since: time(1) })).at(-1)).toMatch(/^1 /);
  });

  it('are followed on from there', async () => {
    await fill((i) => cri(i));
    const stop = new AbortController();
    const items = log.read({ since: time(LINES - 1), follow: stop.signal });
    await items.next();
    const coming = items.next();
    await appendFile(log.path, cri(LINES));
    expect((await coming).value).toMatchObject({ time: time(LINES) });
    stop.abort();
    expect((await items.next()).done).toBe(true);
  });
});

describe('since and until over rotated files', () => {
  let log: TestLog;
  afterEach(async () => {
    expect(await log.remove()).toEqual([]);
  });

  it('keep a file that began with a clock that was ahead', async () => {
    log = await TestLog.make({}, { open: false });
    const at = (i: number): bigint => START + BigInt(i) * SECOND;
    const record = (i: number): string => `${timestamp(at(i))} stdout F ${i}\n`;
    await writeFile(`${log.path}.1`, record(9000) + record(5));
    await utimes(`${log.path}.1`, Number(at(5) / SECOND), Number(at(5) / SECOND));
    await writeFile(log.path, record(6));
    expect(await log.readTexts({ since: at(8000) })).toEqual(['9000']);
    expect(await log.readTexts({ until: at(100) })).toEqual(['5', '6']);
    expect(await log.readTexts({ until: at(6) })).toEqual(['5']);
  });
});
