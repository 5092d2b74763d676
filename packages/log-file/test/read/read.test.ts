import { appendFile, mkdir, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import type { LogEntry, LogQuery } from '@holdfast/core/plugin';
import { afterEach, describe, expect, it } from 'vitest';
import { PIECE_LIMIT } from '../../src/read/splitter.js';
import { textBatch, BATCH_TIME as TIME } from '@holdfast/testkit';
import { openBelow, TestLog, textOf } from '../support/test-log.js';

describe('read', () => {
  let log: TestLog;
  afterEach(async () => {
    expect(await log.remove()).toEqual([]);
  });

  it('gives stream, time, bytes and whether the line goes on', async () => {
    log = await TestLog.make();
    await log.driver.write(textBatch(['one\n', 'tw']));
    await log.driver.write(textBatch(['\n'], { stream: 'stderr', time: TIME + 1n }));
    expect(await log.readAll()).toEqual([
      { type: 'entry', stream: 'stdout', time: TIME, bytes: Buffer.from('one'), partial: false },
      { type: 'entry', stream: 'stdout', time: TIME, bytes: Buffer.from('tw'), partial: true },
      { type: 'entry', stream: 'stderr', time: TIME + 1n, bytes: Buffer.from(''), partial: false },
    ]);
  });

  it('needs no open, and a log that is not there is empty', async () => {
    log = await TestLog.make({}, { open: false });
    expect(await log.readAll()).toEqual([]);
    expect(await log.readAll({ tail: 3 })).toEqual([]);
    expect(await log.files()).toEqual([]);
  });

  it('gives the streams and times asked for', async () => {
    log = await TestLog.make({ maxSize: 100, maxFiles: 10 });
    for (const time of [10n, 20n, 30n]) {
      await log.driver.write(textBatch([`out ${time}\n`], { time }));
      await log.driver.write(textBatch([`err ${time}\n`], { time, stream: 'stderr' }));
    }
    expect(await log.readTexts({ streams: ['stderr'] })).toEqual(['!err 10', '!err 20', '!err 30']);
    expect(await log.readTexts({ since: 20n })).toEqual(['out 20', '!err 20', 'out 30', '!err 30']);
    expect(await log.readTexts({ until: 20n })).toEqual(['out 10', '!err 10']);
    expect(await log.readTexts({ since: 20n, until: 30n, streams: ['stdout'] })).toEqual(['out 20']);
  });

  it('does not read rotated files that were written before `since`', async () => {
    log = await TestLog.make({ maxSize: 50, maxFiles: 3 });
    await log.driver.write(textBatch(['one\n', 'two\n', 'three\n']));
    await utimes(`${log.path}.2`, 1000, 1000);
    await writeFile(`${log.path}.2`, 'would be a gap\n');
    await utimes(`${log.path}.2`, 1000, 1000);
    expect(await log.readTexts({ since: TIME })).toEqual(['two', 'three']);
    expect(await log.readTexts()).toEqual(['gap: a line that is no CRI record', 'two', 'three']);
  });

  it.each<LogQuery>([{ since: 1n }, { until: 1n }, { streams: ['stderr'] }, { streams: ['stdout'] }])(
    'cannot answer a query for a raw log that times or streams are needed for, and says so: %o',
    async (query) => {
      log = await TestLog.make({ format: 'raw' });
      await log.driver.write(textBatch(['one\n'], { stream: 'stderr' }));
      await expect(log.readAll(query)).rejects.toMatchObject({
        code: 'SHIM_UNSUPPORTED',
        where: log.path,
        remedy: expect.stringContaining('json') as string,
      });
      expect(await log.readTexts({ streams: ['stdout', 'stderr'], tail: 1 })).toEqual(['one']);
    },
  );

  it('gives a last line that is torn as a partial one', async () => {
    log = await TestLog.make();
    await log.driver.write(textBatch(['one\n']));
    await appendFile(log.path, '2025-01-02T03:04:05.000000006Z stdout F to');
    expect(await log.readTexts()).toEqual(['one', 'to…']);
    expect(await log.readTexts({ tail: 1 })).toEqual(['to…']);
  });

  it('leaves out a last line that is torn in its head', async () => {
    log = await TestLog.make();
    await log.driver.write(textBatch(['one\n']));
    await appendFile(log.path, '2025-01-02T03:04');
    expect(await log.readTexts()).toEqual(['one']);
    expect(await log.readTexts({ tail: 1 })).toEqual(['one']);
  });

  it('stops at the end that the file had when reading began', async () => {
    log = await TestLog.make();
    await log.driver.write(textBatch(['one\n', 'two\n']));
    const items = log.read();
    expect(textOf((await items.next()).value as LogEntry)).toBe('one');
    await log.driver.write(textBatch(['later\n']));
    expect(textOf((await items.next()).value as LogEntry)).toBe('two');
    expect((await items.next()).done).toBe(true);
  });

  it('gives the whole of a record that was being written when reading began', async () => {
    log = await TestLog.make();
    await log.driver.write(textBatch(['one\n']));
    await appendFile(log.path, '2025-01-02T03:04:05.000000006Z stdout F be');
    const items = log.read();
    await items.next();
    await appendFile(log.path, 'gun\n2025-01-02T03:04:05.000000006Z stdout F later\n');
    expect(textOf((await items.next()).value as LogEntry)).toBe('begun');
    expect((await items.next()).done).toBe(true);
  });

  it('tells if somebody empties the file meanwhile', async () => {
    log = await TestLog.make();
    const lines = Array.from({ length: 2000 }, (_, i) => `line ${i}\n`);
    await log.driver.write(textBatch(lines));
    const items = log.read();
    await items.next();
    await truncate(log.path, 0);
    const rest: string[] = [];
    for await (const item of items) rest.push(textOf(item));
    expect(rest.at(-1)).toBe('gap: the log file was emptied');
    expect(rest.length).toBeLessThan(2000);
  });

  it('gives a line without end in pieces of bounded size', async () => {
    log = await TestLog.make();
    await writeFile(log.path, `2025-01-02T03:04:05.000000006Z stderr F ${'x'.repeat(3 * PIECE_LIMIT)}\n`);
    const sizes: number[] = [];
    let bytes = 0;
    for await (const item of log.read()) {
      const { stream, partial, bytes: text } = item as LogEntry;
      expect(stream).toBe('stderr');
      sizes.push(text.length);
      bytes += text.length;
      expect(partial).toBe(bytes < 3 * PIECE_LIMIT);
    }
    expect(Math.max(...sizes)).toBeLessThanOrEqual(PIECE_LIMIT);
    expect(bytes).toBe(3 * PIECE_LIMIT);
  });

  it('ends when it is aborted, and closes its files when it is left', async () => {
    log = await TestLog.make({ maxSize: 50 });
    await log.driver.write(textBatch(['one\n', 'two\n', 'three\n']));
    const controller = new AbortController();
    const items = log.read({}, controller.signal);
    await items.next();
    controller.abort();
    expect((await items.next()).done).toBe(true);
    const before = (await openBelow(log.directory)).length;
    for await (const item of log.read()) {
      expect(textOf(item)).toBe('one');
      break;
    }
    expect((await openBelow(log.directory)).length).toBe(before);
  });

  it('follows no symbolic link and opens no directory', async () => {
    log = await TestLog.make({}, { open: false });
    await symlink('/etc/passwd', log.path);
    await expect(log.readAll()).rejects.toMatchObject({ code: 'SHIM_LOG_READ', where: log.path });
    await rm(log.path);
    await mkdir(log.path);
    await expect(log.readAll()).rejects.toThrow(/not a regular file/);
  });
});
