import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkOptions, LazyValidators } from '@holdfast/core/config';
import { isPlugin, type LogDriver, type LogDriverContext } from '@holdfast/core/plugin';
import { textBatch } from '@holdfast/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import plugin from '../log-counter.mjs';

const NEVER = new AbortController().signal;

describe('the log driver "counter"', () => {
  let directory: string;
  let path: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'holdfast-log-counter-'));
    path = join(directory, 'logs/counts.json');
  });
  afterEach(() => rm(directory, { recursive: true }));

  async function opened(options: object = {}, createdAt = '2025-01-02T03:04:05.000Z'): Promise<LogDriver> {
    // It needs no more of its context than these two.
    const container = { id: 'web', namespace: 'default', bundle: '/bundle', createdAt, annotations: {} };
    const context = { container, directory: join(directory, 'logs') } as unknown as LogDriverContext;
    const driver = plugin.create(context, options);
    await driver.open?.(NEVER);
    return driver;
  }

  async function counts(file = path): Promise<unknown> {
    return (JSON.parse(await readFile(file, 'utf8')) as { streams: unknown }).streams;
  }

  it('is a log driver plugin with checked options', async () => {
    expect(isPlugin(plugin)).toBe(true);
    const validators = new LazyValidators();
    expect((await checkOptions(plugin, { path: '/a.json' }, validators)).problems).toEqual([]);
    expect((await checkOptions(plugin, { path: 'a.json' }, validators)).problems).toHaveLength(1);
    expect((await checkOptions(plugin, { pth: '/a.json' }, validators)).problems).toHaveLength(1);
  });

  it('counts whole lines and all bytes, for each stream', async () => {
    const driver = await opened();
    await driver.write(textBatch(['one\n', 'tw']));
    await driver.write(textBatch(['o\n', 'unfinished']));
    await driver.write(textBatch(['\n'], { stream: 'stderr' }));
    await driver.flush(NEVER);
    expect(await counts()).toEqual({ stdout: { lines: 2, bytes: 18 }, stderr: { lines: 1, bytes: 1 } });
    await driver.write(textBatch(['three\n']));
    expect(await driver.close('drained', NEVER)).toEqual({ lost: 0 });
    expect(await counts()).toMatchObject({ stdout: { lines: 3, bytes: 24 } });
    expect(await readdir(join(directory, 'logs'))).toEqual(['counts.json']);
  });

  it('says whose counts they are, and writes them where it is told', async () => {
    const other = join(directory, 'other.json');
    await opened({ path: other });
    expect(JSON.parse(await readFile(other, 'utf8'))).toEqual({
      id: 'web',
      namespace: 'default',
      createdAt: '2025-01-02T03:04:05.000Z',
      streams: { stdout: { lines: 0, bytes: 0 }, stderr: { lines: 0, bytes: 0 } },
    });
  });

  it('goes on counting after a restart, and begins anew for another container of the same id', async () => {
    const first = await opened();
    await first.write(textBatch(['one\n']));
    await first.close('restart', NEVER);
    const second = await opened();
    await second.write(textBatch(['two\n']));
    await second.close('drained', NEVER);
    expect(await counts()).toMatchObject({ stdout: { lines: 2, bytes: 8 } });
    await opened({}, '2025-02-02T03:04:05.000Z');
    expect(await counts()).toMatchObject({ stdout: { lines: 0, bytes: 0 } });
  });

  it('begins anew if the summary is no JSON', async () => {
    await mkdir(join(directory, 'logs'));
    await writeFile(path, '{"created');
    await opened();
    expect(await counts()).toMatchObject({ stdout: { lines: 0, bytes: 0 } });
  });

  it('says with a code that it cannot write, and which file', async () => {
    await mkdir(path, { recursive: true });
    await expect(opened()).rejects.toMatchObject({ code: 'SHIM_LOG_OPEN', where: path });
    await rm(path, { recursive: true });
    const driver = await opened();
    await rm(join(directory, 'logs'), { recursive: true });
    await expect(driver.flush(NEVER)).rejects.toMatchObject({
      code: 'SHIM_LOG_WRITE',
      where: path,
      cause: { code: 'ENOENT' },
    });
  });

  it('leaves out what it does not support', async () => {
    const driver = await opened();
    for (const name of ['reopen', 'read']) expect(name in driver).toBe(false);
  });
});
