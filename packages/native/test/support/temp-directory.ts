import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';

/** A directory of its own for each test of a file. */
export function useTempDirectory(): { path(name: string): string } {
  let directory = '';
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'holdfast-native-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));
  return { path: (name) => join(directory, name) };
}
