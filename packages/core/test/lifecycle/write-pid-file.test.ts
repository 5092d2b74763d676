import { execFileSync } from 'node:child_process';
import { lstatSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { writePidFile } from '../../src/lifecycle/write-pid-file.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

it('puts a whole file, 0644, in place of what is there, be it a link', async () => {
  const directory = temporaryDirectory();
  const path = join(directory, 'pid');
  writeFileSync(join(directory, 'other'), 'untouched');
  symlinkSync('other', path);
  const mask = process.umask(0o022);
  await writePidFile(path, 4711);
  process.umask(mask);
  expect(readFileSync(path, 'utf8')).toBe('4711');
  expect(statSync(path).mode & 0o777).toBe(0o644);
  expect(readFileSync(join(directory, 'other'), 'utf8')).toBe('untouched');
  expect(readdirSync(directory).sort()).toEqual(['other', 'pid']);
});

it('names the file that it cannot write, and leaves nothing', async () => {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, 'pid', 'full'), { recursive: true });
  const path = join(directory, 'pid');
  await expect(writePidFile(path, 1)).rejects.toMatchObject({ code: 'SHIM_IO', where: path });
  expect(readdirSync(directory)).toEqual(['pid']);
});

it('leaves a device, a FIFO or a directory what it is', async () => {
  const directory = temporaryDirectory();
  const path = join(directory, 'fifo');
  execFileSync('mkfifo', [path]);
  for (const place of [path, directory]) {
    await expect(writePidFile(place, 4711)).rejects.toMatchObject({ code: 'SHIM_IO', where: place });
  }
  expect(lstatSync(path).isFIFO()).toBe(true);
  expect(readdirSync(directory)).toEqual(['fifo']);
});
