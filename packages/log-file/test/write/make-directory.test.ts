import type * as fs from 'node:fs/promises';
import { mkdtemp, readdir, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Directories } from '../../src/write/make-directory.js';

/** Called after a directory was made. */
let afterMaking: (path: string) => Promise<void>;

vi.mock('node:fs/promises', async (importOriginal) => {
  const real = await importOriginal<typeof fs>();
  const mkdir = async (path: string, options: object): Promise<void> => {
    await real.mkdir(path, options);
    await afterMaking(path);
  };
  return { ...real, mkdir };
});

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'holdfast-directories-'));
});
afterEach(() => rm(root, { recursive: true }));

it('makes the one above again if it was removed, with the last log in it, before it was used', async () => {
  let removed = 0;
  afterMaking = async (path) => {
    if (path.endsWith('/ns') && removed++ < 2) await rmdir(path);
  };
  const directories = new Directories(0o750);
  await directories.make(join(root, 'ns/c1'));
  expect(await readdir(join(root, 'ns'))).toEqual(['c1']);
  await directories.removeEmpty();
  expect(await readdir(root)).toEqual([]);
});

it('gives up in the end', async () => {
  afterMaking = async (path) => {
    if (path.endsWith('/ns')) await rmdir(path);
  };
  await expect(new Directories(0o750).make(join(root, 'ns/c1'))).rejects.toMatchObject({ code: 'ENOENT' });
});
