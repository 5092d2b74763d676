import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf } from '../system-error.js';

/**
 * Makes a directory and those above it. Node's `recursive` says ENOENT where the reason is another one, such as a
 * read-only file system. What exists already may be no directory: whoever uses it will see.
 */
export async function makeDirectory(path: string, mode: number): Promise<void> {
  const parent = dirname(path);
  const missing = await tryToMake(path, mode);
  if (missing === undefined) return;
  if (parent === path) throw missing;
  await makeDirectory(parent, mode);
  const stillMissing = await tryToMake(path, mode);
  if (stillMissing !== undefined) throw stillMissing;
}

/** Resolves to the error if the directory above is missing. */
async function tryToMake(path: string, mode: number): Promise<Error | undefined> {
  try {
    await mkdir(path, { mode });
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT') return error as Error;
    if (code !== 'EEXIST') throw error;
  }
  return undefined;
}
