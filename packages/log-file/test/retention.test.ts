import { mkdir, readFile, rmdir, utimes, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { textBatch } from '@holdfast/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { gzipHeader } from '../src/compression/gzip-header.js';
import { TestLog } from './support/test-log.js';
import { until } from './support/until.js';

const NEVER = new AbortController().signal;
const HEADER = 40;
const HOUR = 3_600_000_000_000n;
const now = (): bigint => BigInt(Date.now()) * 1_000_000n;

let log: TestLog;
afterEach(async () => {
  expect(await log.remove()).toEqual([]);
});

const write = async (text: string, time = now()): Promise<void> => log.driver.write(textBatch([text], { time }));
const names = async (): Promise<string[]> => (await log.files()).map((name) => name.replace('container.log', 'log'));

/** Makes the file `name` as old as `age`. */
async function makeOld(name: string, age: bigint): Promise<void> {
  const seconds = Number((now() - age) / 1_000_000_000n);
  await utimes(name, seconds, seconds);
}

describe('maxAge', () => {
  it('removes rotated files that are older, when another one is rotated', async () => {
    log = await TestLog.make({ maxSize: HEADER + 2, maxFiles: 9, maxAge: '1h' });
    for (const text of ['1\n', '2\n', '3\n']) await write(text);
    await makeOld(`${log.path}.2`, 2n * HOUR);
    expect(await names()).toEqual(['log', 'log.1', 'log.2']);
    await write('4\n');
    expect(await names()).toEqual(['log', 'log.1', 'log.2']);
    expect(await log.readTexts()).toEqual(['2', '3', '4']);
  });

  it('removes them when the log is opened, and goes by the time before they were compressed', async () => {
    log = await TestLog.make({ maxAge: '1h', maxFiles: 9 }, { open: false });
    const compressed = (mtimeNs: bigint): Buffer =>
      Buffer.concat([gzipHeader({ ino: 1n, size: 1, mtimeNs }), gzipSync('x').subarray(10)]);
    await writeFile(log.path, '');
    await writeFile(`${log.path}.1`, '');
    await writeFile(`${log.path}.3`, '');
    await writeFile(`${log.path}.4.gz`, compressed(now()));
    await writeFile(`${log.path}.5.gz`, compressed(now() - 2n * HOUR));
    await writeFile(`${log.path}.6.gz`, gzipSync('x'));
    await makeOld(`${log.path}.3`, 2n * HOUR);
    await makeOld(`${log.path}.6.gz`, 2n * HOUR);
    await log.driver.open(NEVER);
    expect(await names()).toEqual(['log', 'log.1', 'log.4.gz']);
    expect(log.warnings).toEqual([]);
  });

  it.each(['cri', 'json', 'raw'] as const)(
    'rotates a %s file before a write once its first record is older',
    async (format) => {
      log = await TestLog.make({ format, maxAge: '1h' });
      const start = now() - 10n * HOUR;
      await write('1\n', start);
      await write('2\n', start + HOUR);
      expect(await names()).toEqual(['log']);
      await write('3\n', start + HOUR + 1n);
      expect(await names()).toEqual(['log', 'log.1']);
      await write('4\n', start + 2n * HOUR);
      await write('5\n', start + 2n * HOUR + 2n);
      expect(await log.contents()).toMatch(/5/);
      expect(await log.readTexts()).toEqual(['1', '2', '3', '4', '5']);
    },
  );

  it('counts from the first record in a file that was rotated by size in the middle of a batch', async () => {
    log = await TestLog.make({ maxSize: 2 * (HEADER + 2), maxAge: '1h' });
    const start = now() - 10n * HOUR;
    await write('1\n', start);
    await log.driver.write(textBatch(['2\n', '3\n'], { time: start + HOUR }));
    await write('4\n', start + 2n * HOUR);
    expect(await names()).toEqual(['log', 'log.1']);
    await write('5\n', start + 2n * HOUR + 1n);
    expect(await names()).toEqual(['log', 'log.1', 'log.2']);
  });

  it.each(['cri', 'json'] as const)('knows the first record of a %s file that was there', async (format) => {
    log = await TestLog.make({ format, maxAge: '1h' });
    await write('1\n', now() - 2n * HOUR);
    await log.driver.close('restart', NEVER);
    await log.driver.open(NEVER);
    await write('2\n');
    expect(await names()).toEqual(['log', 'log.1']);
  });

  it('takes a raw file that was there for as old as its last change', async () => {
    log = await TestLog.make({ format: 'raw', maxAge: '1h' });
    await write('1\n', now() - 2n * HOUR);
    await log.driver.close('restart', NEVER);
    await log.driver.open(NEVER);
    await write('2\n');
    expect(await names()).toEqual(['log']);
    await log.driver.close('restart', NEVER);
    await makeOld(log.path, 2n * HOUR);
    await log.driver.open(NEVER);
    await write('3\n');
    // The file that was left is too old to be kept.
    expect(await names()).toEqual(['log']);
    expect(await log.readTexts()).toEqual(['3']);
  });

  it('does not rotate when the clock was set back', async () => {
    log = await TestLog.make({ maxAge: '1h' });
    await write('1\n');
    await write('2\n', now() - 5n * HOUR);
    expect(await names()).toEqual(['log']);
  });

  it('empties the only file if maxFiles is 1', async () => {
    log = await TestLog.make({ maxAge: '1h', maxFiles: 1 });
    await write('1\n', now() - 2n * HOUR);
    await write('2\n');
    expect(await log.readTexts()).toEqual(['2']);
  });
});

describe('maxTotal', () => {
  it('keeps the files together below it, a full current one included; the oldest go', async () => {
    const file = 2 * (HEADER + 2);
    log = await TestLog.make({ maxSize: file, maxFiles: 100, maxTotal: 3 * file });
    for (let i = 0; i < 9; i++) await write(`${i}\n`);
    expect(await log.readTexts()).toEqual(['4', '5', '6', '7', '8']);
    expect(await names()).toEqual(['log', 'log.1', 'log.2']);
  });

  it('counts compressed files by what they take', async () => {
    const line = `${'x'.repeat(4000)}\n`;
    const options = { maxSize: 4100, maxFiles: 100, compress: true, maxTotal: 3 * 4100 } as const;
    log = await TestLog.make(options);
    for (let i = 0; i < 5; i++) {
      await write(line);
      await until('it is compressed', async () =>
        (await names()).every((name) => name === 'log' || name.endsWith('.gz')),
      );
    }
    // Three if they were not compressed.
    expect(await names()).toHaveLength(5);
  });

  it('gives up compressing a file that is removed', async () => {
    log = await TestLog.make({ maxSize: HEADER + 2, maxFiles: 9, compress: true, maxTotal: 2 * (HEADER + 2) });
    let thaw: () => void = () => undefined;
    log.background.hold(new Promise<void>((resolve) => (thaw = resolve)));
    for (const text of ['1\n', '2\n', '3\n', '4\n']) await write(text);
    expect(await names()).toEqual(['log', 'log.1']);
    thaw();
    await log.driver.close('drained', NEVER);
    expect(await log.readTexts()).toEqual(['3', '4']);
    expect(log.warnings).toEqual([]);
  });

  it('goes on if a file cannot be removed, and says so', async () => {
    log = await TestLog.make({ maxSize: HEADER + 2, maxFiles: 9, maxTotal: 2 * (HEADER + 2) });
    await write('1\n');
    await write('2\n');
    log.lane.broken.add('unlink');
    await write('3\n');
    expect(log.warnings).toMatchObject([{ path: log.path, err: { code: 'EIO' } }]);
    expect(await log.readTexts()).toEqual(['1', '2', '3']);
    await write('4\n');
    expect(await log.readTexts()).toEqual(['3', '4']);
  });

  it('leaves alone what is no file', async () => {
    log = await TestLog.make({ maxSize: HEADER + 2, maxFiles: 9, maxTotal: HEADER + 2 });
    await mkdir(`${log.path}.7`);
    await write('1\n');
    await write('2\n');
    expect(await names()).toEqual(['log', 'log.7']);
    expect(await readFile(log.path, 'latin1')).toMatch(/2\n$/);
    await rmdir(`${log.path}.7`);
  });
});
