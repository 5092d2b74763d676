import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { removeTree } from '../../src/files/remove-tree.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

test.each([0, 1, 63, 64, 65, 300])('%i files go, and the directories above them', async (count) => {
  const directory = join(temporaryDirectory(), 'tree');
  const below = join(directory, 'a', 'b');
  mkdirSync(below, { recursive: true });
  for (let i = 0; i < count; i += 1) writeFileSync(join(i % 2 === 0 ? below : directory, `f${i}`), 'x');
  await removeTree(directory);
  expect(existsSync(directory)).toBe(false);
});

test.each([2, 100])('what links lead to stays, with %i of them', async (count) => {
  const above = temporaryDirectory();
  mkdirSync(join(above, 'precious'));
  writeFileSync(join(above, 'precious', 'file'), 'kept');
  mkdirSync(join(above, 'tree'));
  for (let i = 0; i < count; i += 1) symlinkSync(join(above, 'precious'), join(above, 'tree', `link${i}`));
  await removeTree(join(above, 'tree'));
  expect(existsSync(join(above, 'tree'))).toBe(false);
  expect(readFileSync(join(above, 'precious', 'file'), 'utf8')).toBe('kept');
});

test('nothing there is no error, a file above it is', async () => {
  const directory = temporaryDirectory();
  await expect(removeTree(join(directory, 'missing'))).resolves.toBeUndefined();
  writeFileSync(join(directory, 'file'), '');
  await expect(removeTree(join(directory, 'file', 'below'))).rejects.toMatchObject({ code: 'ENOTDIR' });
});
