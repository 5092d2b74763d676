import { closeSync, openSync, readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { textBatch } from '@holdfast/testkit';
import { TestLog } from './support/test-log.js';

const NEVER = new AbortController().signal;
/** As conmon counts: `2025-01-02T03:04:05.000000006+00:00 stdout F `. */
const HEADER = 45;

describe('the format k8s-file', () => {
  let log: TestLog;
  afterEach(async () => {
    expect(await log.remove()).toEqual([]);
  });

  const write = async (...texts: string[]): Promise<void> => log.driver.write(textBatch(texts));

  it('has nine digits and an offset, and can be read', async () => {
    log = await TestLog.make({ format: 'k8s-file' });
    await write('one\n', 'tw');
    await log.driver.write(textBatch(['oops\n'], { stream: 'stderr' }));
    const head = '2025-01-02T03:04:05.000000006+00:00';
    expect(await log.contents()).toBe(`${head} stdout F one\n${head} stdout P tw\n${head} stderr F oops\n`);
    expect(await log.readTexts()).toEqual(['one', 'tw…', '!oops']);
    expect((await log.readAll()).map((item) => item.time)).toEqual(Array(3).fill(1_735_787_045_000_000_006n));
  });

  it('is rotated at the sizes that conmon counts', async () => {
    log = await TestLog.make({ format: 'k8s-file', maxSize: 2 * (HEADER + 4), maxFiles: 3 });
    await write('one\n', 'two\n', '333\n', '44', '5\n');
    expect(await log.files()).toEqual(['container.log', 'container.log.1', 'container.log.2']);
    expect((await log.contents(2)).split('\n')).toHaveLength(3);
    expect(await log.readTexts()).toEqual(['one', 'two', '333', '44…', '5']);
  });

  it('says that records are missing in the same form', async () => {
    log = await TestLog.make({ format: 'k8s-file' });
    const at = 1_735_787_045_000_000_006n;
    await log.driver.gap({ stream: 'stdout', records: 2, bytes: 9, reason: 'queue full', from: at, to: at });
    expect(await log.contents()).toMatch(/^2025-01-02T03:04:05\.000000006\+00:00 stdout F:gap holdfast: 2 records/);
  });
});

describe('with whenFull "replace"', () => {
  let log: TestLog;
  afterEach(async () => {
    expect(await log.remove()).toEqual([]);
  });

  it('another file comes in the place of a full one, which its readers keep', async () => {
    log = await TestLog.make({ format: 'k8s-file', maxSize: 100, maxFiles: 1, whenFull: 'replace' });
    await log.driver.write(textBatch(['one\n', 'two\n']));
    const [reader, before] = [openSync(log.path, 'r'), await stat(log.path)];
    await log.driver.write(textBatch(['333\n', `${'x'.repeat(200)}\n`, 'last\n']));
    expect(await log.readTexts()).toEqual(['last']);
    expect(readFileSync(reader, 'latin1').match(/F .*/g)).toEqual(['F one', 'F two']);
    closeSync(reader);
    const after = await stat(log.path);
    expect([after.ino === before.ino, after.mode & 0o777]).toEqual([false, 0o640]);
    expect(await log.files()).toEqual(['container.log']);
  });
});

describe('maxWritten', () => {
  let log: TestLog;
  afterEach(async () => {
    expect(await log.remove()).toEqual([]);
  });

  /** How many records were lost, and why. */
  async function loss(texts: string[]): Promise<unknown> {
    const error = (await Promise.resolve(log.driver.write(textBatch(texts))).then(
      () => ({ lost: 0 }),
      (reason: unknown) => reason,
    )) as { lost: number; cause?: { code?: string } };
    return [error.lost, error.cause?.code];
  }

  it('lets one record go beyond, and drops all that come then', async () => {
    log = await TestLog.make({ format: 'k8s-file', maxSize: -1, maxWritten: 2 * (HEADER + 4) + 1 });
    expect(await loss(['one\n', 'two\n', `${'3'.repeat(500)}\n`, 'four\n', 'five\n'])).toEqual([2, 'maxWritten']);
    expect(await loss(['six\n'])).toEqual([1, 'maxWritten']);
    expect(await log.readTexts()).toEqual(['one', 'two', '3'.repeat(500)]);
  });

  it('counts over files that are gone', async () => {
    const maxSize = 2 * (HEADER + 2);
    log = await TestLog.make({ format: 'k8s-file', maxSize, maxFiles: 1, maxWritten: 5 * (HEADER + 2) });
    expect(await loss(['1\n', '2\n', '3\n', '4\n', '5\n', '6\n', '7\n'])).toEqual([2, 'maxWritten']);
    expect(await log.readTexts()).toEqual(['5']);
  });

  it('has nothing written about what was dropped', async () => {
    log = await TestLog.make({ format: 'k8s-file', maxSize: -1, maxWritten: HEADER + 5 });
    const gap = { stream: 'stdout', records: 2, bytes: 9, reason: 'queue full', from: 1n, to: 1n } as const;
    await log.driver.write(textBatch(['one\n']));
    await log.driver.gap(gap);
    await log.driver.write(textBatch(['two\n']));
    // That it fails goes on, so that it is told once.
    await expect(log.driver.gap(gap)).rejects.toMatchObject({ cause: { code: 'maxWritten' } });
    expect(await log.readTexts()).toEqual(['one', 'two']);
  });

  it('counts what an earlier shim of the container has written, and not what was there before', async () => {
    const options = { format: 'k8s-file', maxSize: -1, maxWritten: 2 * (HEADER + 4) } as const;
    log = await TestLog.make(options);
    expect(await loss(['one\n'])).toEqual([0, undefined]);
    await log.driver.close('restart', NEVER);
    const next = await TestLog.make(options, { directory: log.directory });
    log = next;
    expect(await loss(['two\n', 'three\n'])).toEqual([1, 'maxWritten']);
    await log.driver.close('drained', NEVER);
    log = await TestLog.make(options, { directory: log.directory });
    expect(await loss(['4444\n'])).toEqual([0, undefined]);
  });
});
