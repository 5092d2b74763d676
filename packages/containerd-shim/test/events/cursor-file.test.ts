import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { CursorFile } from '../../src/events/cursor-file.js';

let directory: string;
beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'hf-cursor-'))));
afterEach(() => rmSync(directory, { recursive: true }));

it('is read again by the next one, and never goes back', () => {
  const path = join(directory, 'cursor');
  const file = new CursorFile(path);
  expect(file.value).toBe(0);
  for (const cursor of [3, 8, 5]) file.set(cursor);
  expect(new CursorFile(path).value).toBe(8);
});

it('takes up what an earlier version has written, which was shorter or longer', () => {
  const path = join(directory, 'cursor');
  for (const earlier of ['12', '1795749787654000']) {
    writeFileSync(path, earlier);
    const file = new CursorFile(path);
    file.set(file.value + 1);
    expect(new CursorFile(path).value).toBe(Number(earlier) + 1);
  }
});

it('writes through no symbolic link', () => {
  const path = join(directory, 'cursor');
  writeFileSync(join(directory, 'victim'), 'precious');
  symlinkSync(join(directory, 'victim'), path);
  new CursorFile(path).set(7);
  expect(readFileSync(join(directory, 'victim'), 'utf8')).toBe('precious');
});

it.each(['', 'x', '-4', '1e400', '1.5'])('takes a file with %j for none', (text) => {
  const path = join(directory, 'cursor');
  writeFileSync(path, text);
  expect(new CursorFile(path).value).toBe(0);
});

it('outlives a disk that takes nothing', () => {
  const file = new CursorFile(join(directory, 'missing', 'cursor'));
  file.set(4);
  expect(file.value).toBe(4);
});
