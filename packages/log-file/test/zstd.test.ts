import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import * as zlib from 'node:zlib';
import { gzipSync } from 'node:zlib';
import { textBatch } from '@holdfast/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { zstd } from '../src/compression/zstd.js';
import { TestLog, textOf } from './support/test-log.js';
import { until } from './support/until.js';

const NEVER = new AbortController().signal;
const HEADER = 40;
const HAS_ZSTD = zstd() !== undefined;
const WHY = HAS_ZSTD ? '' : ` (skipped: Node ${process.versions.node} has no zstd, 22.15 and 23.8 have)`;
const { zstdCompressSync: pack } = zlib as unknown as { zstdCompressSync: (text: string | Buffer) => Buffer };
const line = (text: string): string => `2025-01-02T03:04:05.000000006Z stdout F ${text}\n`;

let log: TestLog;
afterEach(async () => {
  expect(await log.remove()).toEqual([]);
});

describe.runIf(HAS_ZSTD)(`compress: zstd${WHY}`, () => {
  const write = async (...texts: string[]): Promise<void> => log.driver.write(textBatch(texts));
  const names = async (): Promise<string[]> => (await log.files()).map((name) => name.replace('container.', ''));
  const filesAre = (...wanted: string[]): Promise<void> =>
    until(`the files are ${wanted.join(' ')}`, async () => (await names()).join() === wanted.join());

  it('makes files that are read back', async () => {
    log = await TestLog.make({ maxSize: 2 * (HEADER + 2), maxFiles: 4, compress: 'zstd' });
    for (let i = 1; i <= 9; i++) await write(`${i}\n`);
    await filesAre('log', 'log.1.zst', 'log.2.zst', 'log.3.zst');
    expect(await log.readTexts()).toEqual(['3', '4', '5', '6', '7', '8', '9']);
    expect(await log.readTexts({ tail: 4 })).toEqual(['6', '7', '8', '9']);
    expect(log.warnings).toEqual([]);
  });

  it.runIf(existsSync('/usr/bin/zstd'))('makes files that the command zstd reads', async () => {
    log = await TestLog.make({ maxSize: 2 * (HEADER + 2), compress: 'zstd' });
    await write('1\n', '2\n', '3\n');
    await filesAre('log', 'log.1.zst');
    const text = execFileSync('/usr/bin/zstd', ['-dc', `${log.path}.1.zst`]).toString();
    expect(text.split('\n').map((each) => each.slice(HEADER))).toEqual(['1', '2', '']);
  });

  it('goes on in a log that was compressed with gzip, and gzip in one of zstd', async () => {
    log = await TestLog.make({ maxSize: HEADER + 2, maxFiles: 4, compress: 'gzip' });
    await write('1\n', '2\n');
    await filesAre('log', 'log.1.gz');
    await log.driver.close('restart', NEVER);
    const { directory } = log;
    const next = await TestLog.make({ maxSize: HEADER + 2, maxFiles: 4, compress: 'zstd' }, { directory });
    await next.driver.write(textBatch(['3\n']));
    await filesAre('log', 'log.1.zst', 'log.2.gz');
    expect(await next.readTexts()).toEqual(['1', '2', '3']);
    await next.driver.close('restart', NEVER);
    const last = await TestLog.make({ maxSize: HEADER + 2, maxFiles: 4, compress: true }, { directory });
    await last.driver.write(textBatch(['4\n', '5\n', '6\n']));
    await last.driver.close('drained', NEVER);
    expect(await names()).toEqual(['log', 'log.1.gz', 'log.2.gz', 'log.3.gz']);
    expect(await last.readTexts()).toEqual(['3', '4', '5', '6']);
  });

  it('is followed: a file is known again once it has been compressed', async () => {
    log = await TestLog.make({ maxSize: 2 * (HEADER + 2), maxFiles: 9, compress: 'zstd' });
    await write('1\n');
    const stop = new AbortController();
    const items = log.read({ follow: stop.signal });
    const first = await items.next();
    expect(first.done === true ? undefined : textOf(first.value)).toBe('1');
    await write('2\n', '3\n', '4\n', '5\n');
    await filesAre('log', 'log.1.zst', 'log.2.zst');
    stop.abort();
    const texts: string[] = [];
    for await (const item of items) texts.push(textOf(item));
    expect(texts).toEqual(['2', '3', '4', '5']);
  });

  it("reads others' files, of several frames, and says what is damaged", async () => {
    log = await TestLog.make({}, { open: false });
    await writeFile(`${log.path}.3.zst`, Buffer.concat([pack(line('1') + line('2')), pack(line('3'))]));
    const whole = pack(Array.from({ length: 9000 }, (_, i) => line(`${i} ${(i * 7919) % 10007}`)).join(''));
    await writeFile(`${log.path}.2.zst`, whole.subarray(0, whole.length / 2));
    await writeFile(`${log.path}.1.zst`, Buffer.concat([pack(line('4')), Buffer.from('no frame')]));
    await writeFile(log.path, line('5'));
    const texts = await log.readTexts();
    expect(texts.slice(0, 4)).toEqual(['1', '2', '3', '0 0']);
    expect(texts.slice(-4)).toEqual([
      expect.stringMatching(/^gap: the compressed log file is damaged: /),
      '4',
      expect.stringMatching(/^gap: the compressed log file is damaged: what follows is not compressed/),
      '5',
    ]);
  });

  it('reads by what a file holds, whatever its name ends in', async () => {
    log = await TestLog.make({}, { open: false });
    await writeFile(`${log.path}.2.gz`, pack(line('1')));
    await writeFile(`${log.path}.1.zst`, gzipSync(line('2')));
    expect(await log.readTexts()).toEqual(['1', '2']);
  });
});

describe('a file of zstd', () => {
  it.runIf(!HAS_ZSTD)('is a gap where Node has no zstd', async () => {
    log = await TestLog.make({}, { open: false });
    // Of "x\n", made by zstd 1.5.
    await writeFile(`${log.path}.1.zst`, Buffer.from('28b52ffd0402110000780a87a0b6c4', 'hex'));
    await writeFile(log.path, line('2'));
    expect(await log.readTexts()).toEqual([
      `gap: the compressed log file is damaged: zstd needs Node 22.15 or newer, not ${process.versions.node}`,
      '2',
    ]);
  });

  it('is not taken for one without its name: a container may print such bytes', async () => {
    log = await TestLog.make({ format: 'raw' }, { open: false });
    const bytes = gzipSync('not the log');
    await writeFile(`${log.path}.1`, bytes);
    await writeFile(log.path, 'end\n');
    const items = await log.readAll();
    const read = Buffer.concat(items.map((item) => (item.type === 'entry' ? item.bytes : Buffer.from('gap'))));
    expect(read.equals(Buffer.concat([await readFile(`${log.path}.1`), Buffer.from('end')])) || items.length > 2).toBe(
      true,
    );
    expect(items.some(({ type }) => type === 'gap')).toBe(false);
  });
});
