import { lstatSync } from 'node:fs';
import { makeDirectories } from '../files/make-directories.js';
import { ShimError } from '../plugin/shim-error.js';

/**
 * Makes `path` and its parents, 0700, and refuses what is no directory of ours, such as a symbolic link (SHIM_STATE_INSECURE). The
 * parents are the caller's to check: call it for each, from above.
 */
export function makePrivateDirectory(path: string): void {
  // Left to mkdir(2), a link to a directory would do.
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) makeDirectories(path, 0o700);
  if (isPrivateDirectory(path)) return;
  throw new ShimError('SHIM_STATE_INSECURE', `${path} is not a private directory of the shim's user`, { where: path });
}

/** False for a symbolic link, and if there is nothing. */
export function isPrivateDirectory(path: string): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats !== undefined && stats.isDirectory() && stats.uid === process.geteuid?.() && (stats.mode & 0o022) === 0;
}
