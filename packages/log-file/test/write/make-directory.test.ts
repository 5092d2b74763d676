import { mkdtemp, readdir, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FileLane } from '@holdfast/core/plugin';
import { NodeLane } from '@holdfast/testkit';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Directories } from '../../src/write/make-directory.js';

/** A lane that calls `after` when it has made a directory. */
function laneThat(after: (path: string) => Promise<void>): FileLane {
  const lane = new NodeLane();
  const { makeDirectory } = lane;
  lane.makeDirectory = async (path, mode) => {
    await makeDirectory(path, mode);
    await after(path);
  };
  return lane;
}

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'holdfast-directories-'));
});
afterEach(() => rm(root, { recursive: true }));

it('makes the one above again if it was removed, with the last log in it, before it was used', async () => {
  let removed = 0;
  const lane = laneThat(async (path) => {
    if (path.endsWith('/ns') && removed++ < 2) await rmdir(path);
  });
  const directories = new Directories(0o750, lane);
  await directories.make(join(root, 'ns/c1'));
  expect(await readdir(join(root, 'ns'))).toEqual(['c1']);
  await directories.removeEmpty();
  expect(await readdir(root)).toEqual([]);
});

it('gives up in the end', async () => {
  const lane = laneThat(async (path) => {
    if (path.endsWith('/ns')) await rmdir(path);
  });
  await expect(new Directories(0o750, lane).make(join(root, 'ns/c1'))).rejects.toMatchObject({ code: 'ENOENT' });
});
