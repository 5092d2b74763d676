import { mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeDirectories } from '../../src/files/make-directories.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

const modeOf = (path: string): string => (statSync(path).mode & 0o7777).toString(8);

test('every level that is missing is made with the mode', () => {
  const directory = temporaryDirectory();
  expect(makeDirectories(join(directory, 'a', 'b', 'c'), 0o700)).toBe(true);
  for (const name of ['a', 'a/b', 'a/b/c']) expect(modeOf(join(directory, name))).toBe('700');
});

test('what is there stays as it is, a link to a directory too', () => {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, 'a'), { mode: 0o750 });
  symlinkSync('a', join(directory, 'link'));
  expect(makeDirectories(join(directory, 'a'), 0o700)).toBe(false);
  expect(makeDirectories(join(directory, 'link'), 0o700)).toBe(false);
  expect(makeDirectories(join(directory, 'link', 'b'), 0o700)).toBe(true);
  expect([modeOf(join(directory, 'a')), modeOf(join(directory, 'a', 'b'))]).toEqual(['750', '700']);
});

// Node's own recursive mkdir never returns from the first two.
test.each([
  ['below /proc', () => '/proc/holdfast-nowhere', 'ENOENT'],
  ['deep below /proc', () => '/proc/self/fd/a/b', 'ENOENT'],
  ['where a file is', (directory: string) => join(directory, 'file'), 'EEXIST'],
  ['below a file', (directory: string) => join(directory, 'file', 'a', 'b'), 'ENOTDIR'],
  ['where a link leads nowhere', (directory: string) => join(directory, 'dangling'), 'EEXIST'],
  ['below a link that leads nowhere', (directory: string) => join(directory, 'dangling', 'a'), 'EEXIST'],
])('%s the error of the kernel is thrown', (_title, pathIn, code) => {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'file'), '');
  symlinkSync('nowhere', join(directory, 'dangling'));
  expect(() => makeDirectories(pathIn(directory), 0o700)).toThrow(expect.objectContaining({ code }) as Error);
});
