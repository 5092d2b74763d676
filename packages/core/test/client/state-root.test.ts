import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeRoot, openRoot } from '../../src/client/state-root.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

const remedy = expect.stringContaining('HOLDFAST_ROOT') as string;

test('a root below /proc is refused in words, at once', () => {
  const path = '/proc/holdfast-root';
  const message = `${path} can't be made: its file system takes no new directories (ENOENT)`;
  expect(() => makeRoot(path)).toThrow(
    expect.objectContaining({ code: 'SHIM_IO', message, where: path, remedy }) as Error,
  );
});

test('a root that is a file, or below one, is refused in words', () => {
  const file = join(temporaryDirectory(), 'file');
  writeFileSync(file, '');
  const making = `${file} can't be made: what is there is no directory (EEXIST)`;
  expect(() => makeRoot(file)).toThrow(expect.objectContaining({ message: making, remedy }) as Error);
  const opening = { code: 'SHIM_STATE_INSECURE', message: `${file} is no directory`, remedy };
  expect(() => openRoot(file)).toThrow(expect.objectContaining(opening) as Error);
  const below = { message: `${file}/a can't be made: something above it is no directory (ENOTDIR)`, remedy };
  expect(() => makeRoot(join(file, 'a'))).toThrow(expect.objectContaining(below) as Error);
});
