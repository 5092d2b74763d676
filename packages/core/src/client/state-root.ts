import { closeSync, fchmodSync, fstatSync, mkdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { ShimError } from '../plugin/shim-error.js';
import { openDirectory, openDirectoryBelow, type OpenDirectory } from './open-below.js';

/** Opens the root directory; undefined if there is none. Throws SHIM_STATE_INSECURE unless it is ours alone. The caller closes it. */
export function openRoot(root: string): OpenDirectory | undefined {
  try {
    return checkPrivate(openDirectory(root));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** {@link openRoot}, after making it (0700, and what is missing above it) if it is not there. */
export function makeRoot(root: string): OpenDirectory {
  const made = make(root, root, true);
  return settle(openDirectory(root), made);
}

/** Makes the directories that lead from the root to `path`, each 0700 and checked. The caller closes the last. */
export function makePath(root: OpenDirectory, path: string): OpenDirectory {
  let last = root;
  for (const name of relative(root.path, path).split(sep)) {
    const next = makeDirectoryBelow(last, name);
    if (last !== root) closeSync(last.fd);
    last = next;
  }
  return last;
}

/** Makes `name` (0700) below `parent`, or finds it; checked as the root is. */
function makeDirectoryBelow(parent: OpenDirectory, name: string): OpenDirectory {
  const made = make(`/proc/self/fd/${parent.fd}/${name}`, join(parent.path, name), false);
  return settle(openDirectoryBelow(parent, name), made);
}

/** Throws SHIM_STATE_INSECURE, having closed it, unless the directory belongs to root or us and nobody else can enter. */
export function checkPrivate(directory: OpenDirectory): OpenDirectory {
  const { uid, mode } = fstatSync(directory.fd);
  const owned = uid === 0 || uid === process.geteuid?.();
  if (owned && (mode & 0o077) === 0) return directory;
  closeSync(directory.fd);
  const is = `belongs to uid ${uid} and has mode ${(mode & 0o7777).toString(8).padStart(4, '0')}`;
  throw new ShimError('SHIM_STATE_INSECURE', `${directory.path} ${is}`, { where: directory.path });
}

function make(path: string, shown: string, recursive: boolean): boolean {
  try {
    const first = mkdirSync(path, { recursive, mode: 0o700 });
    return recursive ? first !== undefined : true;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    const about = { where: shown, cause: error };
    if (code === 'EACCES' || code === 'EPERM') throw new ShimError('SHIM_PERMISSION', `${shown} can't be made`, about);
    throw new ShimError('SHIM_IO', `${shown} can't be made: ${message}`, about);
  }
}

/** A directory of our own making may lack bits that the caller's umask took. */
function settle(directory: OpenDirectory, made: boolean): OpenDirectory {
  if (made) fchmodSync(directory.fd, 0o700);
  return checkPrivate(directory);
}
