import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ArmedFiles } from '../../src/faults/armed-files.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

function armed(passage: string): { directory: string; files: ArmedFiles } {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'create'), passage);
  return { directory, files: new ArmedFiles(directory) };
}

test('strikes at the passage that the file names, once, and leaves word of it', () => {
  const { directory, files } = armed('3');
  const passages = ['create', 'start', 'create', 'start', 'create', 'create'];
  expect(passages.map((point) => files.strikes(point))).toEqual([false, false, false, false, true, false]);
  expect(readdirSync(directory)).toEqual([`create.${process.pid}`]);
});

test('counts anew when it is armed again, and not while it is not', () => {
  const { directory, files } = armed('2');
  expect(files.strikes('create')).toBe(false);
  rmSync(join(directory, 'create'));
  expect(files.strikes('create')).toBe(false);
  writeFileSync(join(directory, 'create'), '2');
  expect([files.strikes('create'), files.strikes('create')]).toEqual([false, true]);
});
