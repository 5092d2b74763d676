import {
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  chownSync,
} from 'node:fs';
import { join } from 'node:path';
import { native } from '@holdfast/native';
import { describe, expect, test } from 'vitest';
import { readJson, removeFile, writeJson } from '../../src/state/json-file.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

test('a document comes back, is private, and leaves no draft behind', async () => {
  const directory = temporaryDirectory();
  const path = join(directory, 'x.json');
  await writeJson(path, { a: 1 });
  await writeJson(path, { a: 2 });
  expect(await readJson(path)).toEqual({ a: 2 });
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(directory)).toEqual(['x.json']);
});

test('a link in the place of a document is replaced and not written through', async () => {
  const directory = temporaryDirectory();
  const victim = join(directory, 'victim');
  writeFileSync(victim, 'precious');
  symlinkSync(victim, join(directory, 'x.json'));
  await writeJson(join(directory, 'x.json'), {});
  expect(readFileSync(victim, 'utf8')).toBe('precious');
});

describe('reading', () => {
  test.each([
    ['a symbolic link', (path: string) => symlinkSync('/etc/hostname', path), 'SHIM_STATE_INSECURE'],
    ['a FIFO', (path: string) => native.mkfifo(path, 0o600), 'SHIM_STATE_INSECURE'],
    ['a directory', (path: string) => mkdirSync(path), 'SHIM_STATE_INSECURE'],
    [
      'a file of another user',
      (path: string) => {
        writeFileSync(path, '{}');
        chownSync(path, 65534, 65534);
      },
      'SHIM_STATE_INSECURE',
    ],
    ['half a document', (path: string) => writeFileSync(path, '{"a":'), 'SHIM_STATE_CORRUPT'],
    ['an empty file', (path: string) => writeFileSync(path, ''), 'SHIM_STATE_CORRUPT'],
    [
      'a huge file',
      (path: string) => {
        writeFileSync(path, '');
        truncateSync(path, (16 << 20) + 1);
      },
      'SHIM_STATE_CORRUPT',
    ],
  ])('%s fails at once', async (_what, plant, code) => {
    const path = join(temporaryDirectory(), 'x.json');
    plant(path);
    await expect(readJson(path)).rejects.toMatchObject({ code, where: path });
  });

  test('nothing gives nothing', async () => {
    expect(await readJson(join(temporaryDirectory(), 'x.json'))).toBeUndefined();
  });
});

test('removing a file that is not there is no error, any other failure is', async () => {
  const directory = temporaryDirectory();
  await expect(removeFile(join(directory, 'x'))).resolves.toBeUndefined();
  await expect(removeFile(directory)).rejects.toThrow(/EISDIR|EPERM/);
});
