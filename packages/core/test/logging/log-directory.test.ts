import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { removeEmptyLogs, removeLogs } from '../../src/logging/log-directory.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

const REF = { namespace: 'ns', id: 'c1' };

function logs(): { root: string; directory: string } {
  const root = temporaryDirectory();
  const directory = join(root, 'ns', 'c1');
  mkdirSync(directory, { recursive: true });
  return { root, directory };
}

test('a default log directory goes with its container, the namespace with its last', async () => {
  const { root, directory } = logs();
  writeFileSync(join(directory, 'log'), 'text');
  await removeLogs(directory, REF);
  expect(readdirSync(root)).toEqual([]);
});

test("another container's logs keep the namespace, and a directory of another form is somebody else's", async () => {
  const { root, directory } = logs();
  mkdirSync(join(root, 'ns', 'c2'));
  await removeLogs(directory, REF);
  await removeLogs(join(root, 'ns', 'c2'), REF);
  await removeLogs(root, REF);
  expect(readdirSync(join(root, 'ns'))).toEqual(['c2']);
});

test('a link in the place of the directory loses nothing but itself', async () => {
  const { root, directory } = logs();
  mkdirSync(join(root, 'other'));
  writeFileSync(join(root, 'other', 'file'), 'text');
  symlinkSync(join(root, 'other'), join(directory, 'link'));
  await removeLogs(directory, REF);
  expect(existsSync(join(root, 'other', 'file'))).toBe(true);
});

test('after a failed create empty files go and logs of an earlier container stay', async () => {
  const { directory } = logs();
  writeFileSync(join(directory, 'empty'), '');
  writeFileSync(join(directory, 'full'), 'text');
  await removeEmptyLogs(directory, REF);
  expect(readdirSync(directory)).toEqual(['full']);
});
