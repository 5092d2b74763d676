import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { CursorFile } from '../../src/events/cursor-file.js';

let directory: string;
beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'hf-cursor-'))));
afterEach(() => rmSync(directory, { recursive: true }));

it('is read again by the next one, and never goes back', async () => {
  const path = join(directory, 'cursor');
  const file = new CursorFile(path);
  expect(file.value).toBe(0);
  for (const cursor of [3, 8, 5]) file.set(cursor);
  await file.flush();
  expect(new CursorFile(path).value).toBe(8);
});

it.each(['', 'x', '-4', '1e400', '1.5'])('takes a file with %j for none', (text) => {
  const path = join(directory, 'cursor');
  writeFileSync(path, text);
  expect(new CursorFile(path).value).toBe(0);
});

it('outlives a disk that takes nothing', async () => {
  const file = new CursorFile(join(directory, 'missing', 'cursor'));
  file.set(4);
  await file.flush();
  expect(file.value).toBe(4);
});
