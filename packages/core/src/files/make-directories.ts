import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes `path` and what is missing above it, each with `mode` less the umask. True if `path` was not there. Throws the errors of Node.
 *
 * Node 20's own recursive mkdir never returns where a file system takes no directories and says ENOENT to it, as /proc does.
 */
export function makeDirectories(path: string, mode: number): boolean {
  try {
    return makeOne(path, mode);
  } catch (error) {
    const above = dirname(path);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || above === path) throw error;
    makeDirectories(above, mode);
  }
  return makeOne(path, mode);
}

function makeOne(path: string, mode: number): boolean {
  try {
    mkdirSync(path, { mode });
    return true;
  } catch (error) {
    const taken = (error as NodeJS.ErrnoException).code === 'EEXIST';
    if (taken && statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return false;
    throw error;
  }
}
