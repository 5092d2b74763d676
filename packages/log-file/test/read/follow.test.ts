import { appendFile, rename, rm, truncate } from 'node:fs/promises';
import type { LogQuery } from '@holdfast/core/plugin';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { textBatch } from '@holdfast/testkit';
import { Changes } from '../../src/read/changes.js';
import { TestLog, textOf } from '../support/test-log.js';

const HEADER = 40;
const HEAD = '2025-01-02T03:04:05.000000006Z stdout F ';

describe('read with follow', () => {
  let log: TestLog;
  let stop: AbortController;
  beforeEach(() => void (stop = new AbortController()));
  afterEach(async () => {
    vi.restoreAllMocks();
    expect(await log.remove()).toEqual([]);
  });

  const write = (...texts: string[]): void | Promise<void> => log.driver.write(textBatch(texts));

  /** Items as texts, one for each call; undefined at the end. */
  function follow(query: LogQuery = {}): () => Promise<string | undefined> {
    const items = log.read({ ...query, follow: stop.signal });
    return async () => {
      const result = await items.next();
      return result.done === true ? undefined : textOf(result.value);
    };
  }

  async function rest(next: () => Promise<string | undefined>): Promise<string[]> {
    const texts: string[] = [];
    for (let text = await next(); text !== undefined; text = await next()) texts.push(text);
    return texts;
  }

  it('gives each record once it is written, across rotations', async () => {
    log = await TestLog.make({ maxSize: 2 * (HEADER + 9), maxFiles: 3 });
    const next = follow();
    for (let i = 100; i < 130; i++) {
      const coming = next();
      await write(`line ${i}\n`);
      expect(await coming).toBe(`line ${i}`);
    }
    stop.abort();
    expect(await next()).toBeUndefined();
  });

  it('loses nothing to rotations while it lags behind', async () => {
    log = await TestLog.make({ maxSize: 10 * (HEADER + 9), maxFiles: 100 });
    const next = follow();
    const coming = next();
    const lines = Array.from({ length: 500 }, (_, i) => `line ${i + 100}`);
    for (let i = 0; i < lines.length; i += 5) await write(...lines.slice(i, i + 5).map((line) => `${line}\n`));
    stop.abort();
    expect([await coming, ...(await rest(next))]).toEqual(lines);
    expect((await log.files()).length).toBe(50);
  });

  it('waits for a log that is not there yet', async () => {
    log = await TestLog.make({}, { open: false });
    const next = follow();
    const coming = next();
    await log.driver.open(new AbortController().signal);
    await write('first\n');
    expect(await coming).toBe('first');
    stop.abort();
    expect(await next()).toBeUndefined();
  });

  it('reads to the end after follow is aborted, with a last line without newline', async () => {
    log = await TestLog.make({ format: 'raw' });
    await write('one\n');
    const next = follow();
    expect(await next()).toBe('one');
    await write('two\n', 'thr');
    stop.abort();
    expect(await rest(next)).toEqual(['two', 'thr…']);
  });

  it('ends at once when it is aborted itself', async () => {
    log = await TestLog.make();
    await write('one\n');
    const controller = new AbortController();
    const items = log.read({ follow: stop.signal }, controller.signal);
    await items.next();
    const coming = items.next();
    controller.abort();
    expect((await coming).done).toBe(true);
  });

  it('goes on where kubelet renamed the file and asked for another', async () => {
    log = await TestLog.make();
    const next = follow();
    await write('one\n');
    expect(await next()).toBe('one');
    await rename(log.path, `${log.path}.20250102-030405`);
    await write('two\n');
    await log.driver.reopen();
    await write('three\n');
    expect([await next(), await next()]).toEqual(['two', 'three']);
    stop.abort();
    expect(await next()).toBeUndefined();
  });

  it('tells of a file that somebody emptied', async () => {
    log = await TestLog.make();
    await write('one\n', 'two\n');
    const next = follow();
    expect([await next(), await next()]).toEqual(['one', 'two']);
    const coming = next();
    await truncate(log.path, 0);
    expect(await coming).toBe('gap: the log file was emptied');
    await write('new\n');
    expect(await next()).toBe('new');
    stop.abort();
    expect(await next()).toBeUndefined();
  });

  it('tells of a file that was emptied and is longer than before already', async () => {
    log = await TestLog.make();
    await write('one\n', 'two\n');
    const next = follow();
    expect([await next(), await next()]).toEqual(['one', 'two']);
    await truncate(log.path, 0);
    await write('three\n', 'four\n', 'five\n', 'six\n');
    expect([await next(), await next()]).toEqual(['gap: the log file was emptied', 'three']);
    stop.abort();
    expect(await rest(next)).toEqual(['four', 'five', 'six']);
  });

  it.each(['cri', 'json', 'raw'] as const)(
    'of a %s log goes on over kills of shimd, torn ends and all',
    async (format) => {
      log = await TestLog.make({ format });
      const next = follow();
      for (let i = 0; i < 5; i++) {
        await write(`line ${i}\n`);
        expect(await next()).toBe(`line ${i}`);
        // What was cut off by a kill in the middle of a write; the next shimd writes the record again.
        if (format !== 'raw') await appendFile(log.path, (await log.contents()).slice(0, 20));
        const killed = log.driver;
        log = await TestLog.make({ format }, { directory: log.directory, open: false });
        await killed.close('restart', new AbortController().signal);
        await log.driver.open(new AbortController().signal);
      }
      stop.abort();
      expect(await rest(next)).toEqual([]);
    },
  );

  it('tells of files that were rotated away unread', async () => {
    log = await TestLog.make({ maxSize: HEADER + 2, maxFiles: 2 });
    await write('1\n');
    const next = follow();
    expect(await next()).toBe('1');
    await write('2\n', '3\n', '4\n', '5\n');
    stop.abort();
    expect(await rest(next)).toEqual(['gap: the log was rotated faster than it was read', '4', '5']);
  });

  it('shows a record whose write failed and was done anew only as it is in the end', async () => {
    log = await TestLog.make();
    await write('one\n');
    await appendFile(log.path, `${HEAD}torn and cut off`);
    const next = follow();
    expect(await next()).toBe('one');
    await truncate(log.path, HEADER + 4);
    await write('two, which is longer than what was there before\n', 'three\n');
    expect(await next()).toBe('two, which is longer than what was there before');
    expect(await next()).toBe('three');
    await appendFile(log.path, `${HEAD}torn ag`);
    stop.abort();
    expect(await rest(next)).toEqual(['torn ag…']);
  });

  it('begins with the last lines and goes on', async () => {
    log = await TestLog.make({ maxSize: 3 * (HEADER + 2), maxFiles: 9 });
    await write('1\n', '2\n', '3\n', '4\n', '5\n');
    const next = follow({ tail: 3 });
    expect([await next(), await next(), await next()]).toEqual(['3', '4', '5']);
    await write('6\n');
    expect(await next()).toBe('6');
    stop.abort();
    expect(await next()).toBeUndefined();
  });

  it('shows only what is new with a tail of 0, and a record that is being written is new', async () => {
    log = await TestLog.make();
    await write('old\n');
    await appendFile(log.path, `${HEAD}be`);
    const waits = vi.spyOn(Changes.prototype, 'wait');
    const next = follow({ tail: 0 });
    const coming = next();
    await expect.poll(() => waits.mock.calls.length).toBeGreaterThan(0);
    await appendFile(log.path, 'gun\n');
    expect(await coming).toBe('begun');
    stop.abort();
    expect(await next()).toBeUndefined();
  });

  it('ends by itself at a record at or after `until`', async () => {
    log = await TestLog.make();
    await log.driver.write(textBatch(['early\n'], { time: 10n }));
    const next = follow({ until: 20n });
    expect(await next()).toBe('early');
    await log.driver.write(textBatch(['late\n'], { time: 20n }));
    expect(await next()).toBeUndefined();
  });

  it('ends when the directory is removed and nothing more is written', async () => {
    log = await TestLog.make();
    await write('one\n');
    const next = follow();
    expect(await next()).toBe('one');
    await rm(log.directory, { recursive: true });
    stop.abort();
    expect(await next()).toBeUndefined();
  });
});
