import { mkdir, readFile, rename, rmdir, truncate, unlink } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { textBatch } from '@holdfast/testkit';
import { TestLog } from './support/test-log.js';

const NEVER = new AbortController().signal;
const HEADER = 40;

describe('write', () => {
  let log: TestLog;
  afterEach(async () => {
    expect(await log.remove()).toEqual([]);
  });

  const write = async (...texts: string[]): Promise<void> => log.driver.write(textBatch(texts));

  it('writes a batch with one write', async () => {
    log = await TestLog.make();
    await write('one\n', 'two\n', 'thr');
    await write('ee\n');
    expect(log.lane.writes).toEqual([3 * HEADER + 12, HEADER + 3]);
    expect(log.lane.calls).toEqual(['writeRecords', 'writeRecords']);
    expect(await log.readTexts()).toEqual(['one', 'two', 'thr…', 'ee']);
  });

  it('writes the bytes of a raw batch unchanged', async () => {
    log = await TestLog.make({ format: 'raw' });
    await write('one\n', 'tw');
    await write('o\n');
    expect(log.lane.writes).toEqual([6, 2]);
    expect(await log.contents()).toBe('one\ntwo\n');
  });

  it('rotates before a record that does not fit, with one write for each file', async () => {
    log = await TestLog.make({ maxSize: 2 * (HEADER + 4), maxFiles: 3 });
    await write('one\n', 'two\n', '333\n', '444\n', '555\n');
    expect(log.lane.writes).toEqual([88, 88, 44]);
    expect(await log.files()).toEqual(['container.log', 'container.log.1', 'container.log.2']);
    expect(await log.readTexts()).toEqual(['one', 'two', '333', '444', '555']);
  });

  it('keeps maxFiles files, the youngest', async () => {
    log = await TestLog.make({ maxSize: HEADER + 2, maxFiles: 3 });
    await write('1\n', '2\n', '3\n', '4\n', '5\n');
    expect(await log.files()).toEqual(['container.log', 'container.log.1', 'container.log.2']);
    expect(await log.readTexts()).toEqual(['3', '4', '5']);
  });

  it('empties the only file if maxFiles is 1', async () => {
    log = await TestLog.make({ maxSize: 2 * (HEADER + 2), maxFiles: 1 });
    await write('1\n', '2\n', '3\n');
    expect(await log.files()).toEqual(['container.log']);
    expect(await log.readTexts()).toEqual(['3']);
  });

  it('gives a record that is larger than maxSize a file of its own', async () => {
    log = await TestLog.make({ maxSize: HEADER + 10 });
    await write('1\n', `${'x'.repeat(100)}\n`, '2\n');
    expect(await log.readTexts()).toEqual(['1', 'x'.repeat(100), '2']);
    expect(await log.files()).toHaveLength(3);
  });

  it('goes on counting from the size of a log that is there', async () => {
    log = await TestLog.make({ maxSize: 2 * (HEADER + 2) });
    await write('1\n');
    await log.driver.close('restart', NEVER);
    await log.driver.open(NEVER);
    await write('2\n', '3\n');
    expect(await log.readTexts()).toEqual(['1', '2', '3']);
    expect(await log.files()).toEqual(['container.log', 'container.log.1']);
  });

  it('sees that somebody else emptied the file, and does not rotate then', async () => {
    log = await TestLog.make({ maxSize: 2 * (HEADER + 2) });
    await write('1\n', '2\n');
    await truncate(log.path, 0);
    await write('3\n');
    expect(await log.files()).toEqual(['container.log']);
    expect(await log.readTexts()).toEqual(['3']);
  });

  it('makes a new file if somebody deleted the full one', async () => {
    log = await TestLog.make({ maxSize: HEADER + 2 });
    await write('1\n');
    await unlink(log.path);
    await write('2\n');
    expect(await log.files()).toEqual(['container.log']);
    expect(await log.readTexts()).toEqual(['2']);
  });

  it('costs no file more when a rotation failed half-way and is tried again', async () => {
    log = await TestLog.make({ maxSize: HEADER + 2, maxFiles: 4 });
    await write('1\n', '2\n');
    log.lane.broken.add('rename');
    await expect(write('3\n')).rejects.toMatchObject({ code: 'SHIM_LOG_WRITE', lost: 1, cause: { code: 'EIO' } });
    await write('4\n');
    expect(await log.readTexts()).toEqual(['1', '2', '4']);
  });

  it('reports a rotation that cannot be done, and goes on when it can', async () => {
    log = await TestLog.make({ maxSize: HEADER + 2, maxFiles: 2 });
    await write('1\n');
    await mkdir(`${log.path}.1`);
    await expect(write('2\n', '3\n')).rejects.toMatchObject({
      code: 'SHIM_LOG_WRITE',
      where: log.path,
      lost: 2,
      cause: { code: 'EISDIR' },
    });
    await rmdir(`${log.path}.1`);
    await write('4\n');
    expect(await log.readTexts()).toEqual(['1', '4']);
  });

  it('cuts a torn record off later if it cannot at once', async () => {
    log = await TestLog.make();
    await write('1\n');
    log.lane.faults = [{ after: HEADER + 2 + 7 }];
    log.lane.broken.add('truncate');
    await expect(write('2\n', '3\n', '4\n')).rejects.toMatchObject({ lost: 2 });
    expect((await log.contents()).length).toBe(2 * (HEADER + 2) + 7);
    await write('5\n');
    expect(await log.readTexts()).toEqual(['1', '2', '5']);
  });

  /** Writes five bytes of a record, which cannot be cut off at once. */
  async function writeTorn(): Promise<void> {
    log.lane.faults = [{ after: 5 }];
    log.lane.broken.add('truncate');
    await expect(write('4\n')).rejects.toMatchObject({ lost: 1 });
    expect(log.lane.broken.size).toBe(0);
  }

  it('cuts a torn record off at close or before a rotation too', async () => {
    log = await TestLog.make({ maxSize: 3 * (HEADER + 2) });
    await write('1\n', '2\n');
    await writeTorn();
    await write(`${'3'.repeat(35)}\n`);
    await writeTorn();
    expect(await log.driver.close('drained', NEVER)).toEqual({ lost: 0 });
    expect((await log.contents(1)).length).toBe(2 * (HEADER + 2));
    expect(await log.readTexts()).toEqual(['1', '2', '3'.repeat(35)]);
  });
});

describe('reopen', () => {
  let log: TestLog;
  afterEach(async () => {
    expect(await log.remove()).toEqual([]);
  });

  it('goes on in a new file after somebody renamed the old one', async () => {
    log = await TestLog.make();
    await log.driver.write(textBatch(['one\n', 'tw']));
    await rename(log.path, `${log.path}.20250102-030405`);
    await log.driver.write(textBatch(['o\n']));
    await log.driver.reopen();
    await log.driver.write(textBatch(['three\n']));
    expect(await log.files()).toEqual(['container.log', 'container.log.20250102-030405']);
    expect(await log.readTexts()).toEqual(['three']);
    expect((await log.contents()).length).toBe(HEADER + 6);
  });

  it('cuts a torn record off a file that somebody renamed, which is not opened again', async () => {
    log = await TestLog.make();
    await log.driver.write(textBatch(['one\n']));
    log.lane.faults = [{ after: 5 }];
    log.lane.broken.add('truncate');
    await expect(log.driver.write(textBatch(['two\n']))).rejects.toMatchObject({ lost: 1 });
    const renamed = `${log.path}.20250102-030405`;
    await rename(log.path, renamed);
    await log.driver.reopen();
    expect(await readFile(renamed, 'latin1')).toMatch(/ one\n$/);
    await log.driver.write(textBatch(['three\n']));
    expect(await log.readTexts()).toEqual(['three']);
    expect(log.warnings).toEqual([]);
  });

  it('keeps the old file if there can be no new one', async () => {
    log = await TestLog.make();
    await rename(log.path, `${log.path}.old`);
    await mkdir(log.path);
    await expect(log.driver.reopen()).rejects.toMatchObject({ code: 'SHIM_LOG_OPEN', where: log.path });
    await rmdir(log.path);
    await rename(`${log.path}.old`, log.path);
    await log.driver.write(textBatch(['still here\n']));
    expect(await log.readTexts()).toEqual(['still here']);
  });
});
