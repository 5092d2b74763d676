import { lstatSync, realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative } from 'node:path';
import { ShimError } from '@holdfast/core/plugin';

/**
 * Where a log really lies, which must be below one of `directories`: a link on the way leads out of none of them. The file itself is never
 * followed. Throws SHIM_USAGE in conmon's words.
 */
export function allowedPath(path: string, directories: readonly string[]): string {
  const real = realPathOf(path);
  if (directories.some((directory) => isBelow(real, realDirectory(directory)))) return real;
  throw new ShimError('SHIM_USAGE', `the log ${path} lies below none of the directories that are allowed`);
}

/** Without links, but for the last name. What is not there yet can be none. */
function realPathOf(path: string): string {
  const parent = dirname(path);
  return parent === path ? path : join(realDirectory(parent), basename(path));
}

function realDirectory(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || isThere(path)) throw error;
    return realPathOf(path);
  }
}

/** Also of a link that leads nowhere: somebody could make it lead somewhere. */
function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function isBelow(path: string, directory: string): boolean {
  const between = relative(directory, path);
  return between !== '' && between !== '..' && !between.startsWith('../') && !isAbsolute(between);
}
