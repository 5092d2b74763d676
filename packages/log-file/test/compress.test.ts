import { mkdir, readFile, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import type { FileOptions } from '../src/options/schema.js';
import { textBatch } from '@holdfast/testkit';
import { TestLog } from './support/test-log.js';
import { until } from './support/until.js';

const NEVER = new AbortController().signal;
const HEADER = 40;

describe('compress', () => {
  let log: TestLog;
  afterEach(async () => {
    expect(await log.remove()).toEqual([]);
  });

  /** A log whose files hold two lines of one letter. */
  async function make(options: Partial<FileOptions> = {}): Promise<void> {
    log = await TestLog.make({ maxSize: 2 * (HEADER + 2), maxFiles: 4, compress: true, ...options });
  }

  const write = async (...texts: string[]): Promise<void> => log.driver.write(textBatch(texts));
  const filesAre = (...names: string[]): Promise<void> =>
    until(`the files are ${names.join(' ')}`, async () => (await shortNames()).join() === names.join());
  const shortNames = async (): Promise<string[]> => (await log.files()).map((name) => name.replace('container.', ''));

  it('makes files of what was rotated that gunzip reads', async () => {
    await make({ mode: '0604' });
    await write('1\n', '2\n', '3\n');
    await filesAre('log', 'log.1.gz');
    const contents = gunzipSync(await readFile(`${log.path}.1.gz`)).toString();
    expect(contents.split('\n').map((line) => line.slice(HEADER))).toEqual(['1', '2', '']);
    expect((await stat(`${log.path}.1.gz`)).mode & 0o7777).toBe(0o604);
    expect(await log.readTexts()).toEqual(['1', '2', '3']);
  });

  it('keeps maxFiles files, and reads all of them back', async () => {
    await make();
    for (let i = 1; i <= 9; i++) await write(`${i}\n`);
    await filesAre('log', 'log.1.gz', 'log.2.gz', 'log.3.gz');
    expect(await log.readTexts()).toEqual(['3', '4', '5', '6', '7', '8', '9']);
    expect(await log.readTexts({ tail: 4 })).toEqual(['6', '7', '8', '9']);
    expect(log.warnings).toEqual([]);
  });

  it('finishes at the end of the container', async () => {
    await make({ maxFiles: 100 });
    for (let i = 10; i < 40; i++) await write(`${i}\n`);
    await log.driver.close('drained', NEVER);
    const names = await shortNames();
    expect(names).toHaveLength(30);
    expect(names.filter((name) => name.endsWith('.gz'))).toHaveLength(29);
  });

  it('holds up neither records nor the end while its disk hangs', async () => {
    await make({ maxFiles: 3 });
    let thaw: () => void = () => undefined;
    log.background.hold(new Promise<void>((resolve) => (thaw = resolve)));
    for (let i = 1; i <= 9; i++) await write(`${i}\n`);
    expect(await shortNames()).toEqual(['log', 'log.1', 'log.2']);
    await log.driver.close('drained', AbortSignal.abort());
    expect(await log.readTexts()).toEqual(['5', '6', '7', '8', '9']);
    thaw();
  });

  it('leaves a file as it is if it cannot be compressed', async () => {
    await make();
    log.background.faults = [undefined, { after: 3 }];
    await write('1\n', '2\n', '3\n');
    await until('it has failed', () => Promise.resolve(log.warnings.length > 0));
    expect(log.warnings).toMatchObject([{ path: `${log.path}.1`, err: { code: 'ENOSPC' } }]);
    await filesAre('log', 'log.1');
    await write('4\n', '5\n');
    await filesAre('log', 'log.1.gz', 'log.2');
    await write('6\n', '7\n', '8\n', '9\n');
    await filesAre('log', 'log.1.gz', 'log.2.gz', 'log.3.gz');
    expect(await log.readTexts()).toEqual(['3', '4', '5', '6', '7', '8', '9']);
  });

  it('compresses nothing that is still written, though a rotation failed after its first step', async () => {
    await make();
    await write('1\n', '2\n');
    // The new file cannot be made: the old one is called .1 by then, and is the current one still.
    await mkdir(`${log.path}.new`);
    const { rename: shift } = log.lane;
    log.lane.rename = async (from, to) => {
      await shift(from, to);
      await rename(`${log.path}.new`, log.path);
    };
    await expect(write('3\n')).rejects.toMatchObject({ lost: 1 });
    expect(await shortNames()).toEqual(['log', 'log.1']);
    log.lane.rename = shift;
    await rename(log.path, `${log.path}.new`);
    await write('4\n');
    await filesAre('log', 'log.1.gz', 'log.new');
    expect(await log.readTexts()).toEqual(['1', '2', '4']);
    await rename(`${log.path}.new`, `${log.path}.gone`);
  });

  it('touches no file that somebody else put in its place', async () => {
    await make();
    let go: () => void = () => undefined;
    const { sync } = log.background;
    const reached = new Promise<void>((resolve) => {
      log.background.sync = async (fd) => {
        resolve();
        await new Promise<void>((done) => (go = done));
        return sync(fd);
      };
    });
    await write('1\n', '2\n', '3\n');
    await reached;
    await unlink(`${log.path}.1`);
    await writeFile(`${log.path}.1`, 'precious');
    go();
    await until('it has failed', () => Promise.resolve(log.warnings.length > 0));
    expect(await readFile(`${log.path}.1`, 'latin1')).toBe('precious');
    await filesAre('log', 'log.1');
  });

  describe('after a crash', () => {
    it('is looked for in the background, and no more once the log is closed', async () => {
      log = await TestLog.make({ maxFiles: 100, compress: true });
      await log.driver.close('drained', new AbortController().signal);
      const { calls } = log.lane;
      const before = calls.length;
      for (let i = 0; i < 5; i++) await log.lane.close(await log.lane.open(log.directory, 0, 0));
      expect(calls.slice(before)).toEqual(Array.from({ length: 5 }, () => ['open', 'close']).flat());
    });

    const text = (...lines: string[]): string =>
      lines.map((line) => `2025-01-02T03:04:05.000000006Z stdout F ${line}\n`).join('');

    it('goes on with what was left, and removes what was half done', async () => {
      log = await TestLog.make({ maxFiles: 5, compress: true }, { open: false });
      await writeFile(log.path, text('5'));
      await writeFile(`${log.path}.1`, text('4'));
      // Stopped between the two steps of the replacement.
      await writeFile(`${log.path}.2`, text('3'));
      await writeFile(`${log.path}.2.gz`, gzipSync(text('3')));
      await writeFile(`${log.path}.3.gz`, gzipSync(text('2')));
      await writeFile(`${log.path}.4`, text('1'));
      await writeFile(`${log.path}.gz.tmp`, gzipSync(text('4')).subarray(0, 10));
      expect(await log.readTexts()).toEqual(['1', '2', '3', '4', '5']);
      await log.driver.open(NEVER);
      await filesAre('log', 'log.1.gz', 'log.2.gz', 'log.3.gz', 'log.4.gz');
      expect(await log.readTexts()).toEqual(['1', '2', '3', '4', '5']);
      expect(log.warnings).toEqual([]);
    });
  });

  it('moves compressed files on when nothing is compressed any more', async () => {
    await make();
    await write('1\n', '2\n', '3\n', '4\n', '5\n');
    await filesAre('log', 'log.1.gz', 'log.2.gz');
    const { directory } = log;
    await log.driver.close('restart', NEVER);
    const plain = await TestLog.make({ maxSize: 2 * (HEADER + 2), maxFiles: 4 }, { directory });
    await plain.driver.write(textBatch(['6\n', '7\n', '8\n', '9\n']));
    expect(await shortNames()).toEqual(['log', 'log.1', 'log.2', 'log.3.gz']);
    expect(await plain.readTexts()).toEqual(['3', '4', '5', '6', '7', '8', '9']);
    await plain.driver.write(textBatch(['0\n', 'a\n']));
    expect(await shortNames()).toEqual(['log', 'log.1', 'log.2', 'log.3']);
    await plain.driver.close('drained', NEVER);
  });
});
