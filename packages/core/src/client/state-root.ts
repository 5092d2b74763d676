import { closeSync, fchmodSync, fstatSync, mkdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { makeDirectories } from '../files/make-directories.js';
import { isShimError, ShimError } from '../plugin/shim-error.js';
import { openDirectory, openDirectoryBelow, type OpenDirectory } from './open-below.js';

/** Opens the root directory; undefined if there is none. Throws SHIM_STATE_INSECURE unless it is ours alone. The caller closes it. */
export function openRoot(root: string): OpenDirectory | undefined {
  let directory: OpenDirectory;
  try {
    directory = openDirectory(root);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unusableRoot(root, error);
  }
  return checkPrivate(directory);
}

/** {@link openRoot}, after making it (0700, and what is missing above it) if it is not there. Throws SHIM_IO or SHIM_PERMISSION too. */
export function makeRoot(root: string): OpenDirectory {
  let made: boolean;
  let directory: OpenDirectory;
  try {
    made = makeDirectories(root, 0o700);
    directory = openDirectory(root);
  } catch (error) {
    throw unusableRoot(root, error);
  }
  return settle(directory, made);
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
  const made = make(`/proc/self/fd/${parent.fd}/${name}`, join(parent.path, name));
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

function make(path: string, shown: string): boolean {
  try {
    mkdirSync(path, { mode: 0o700 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw unmakeable(shown, error);
  }
}

/** What keeps a directory from being made, in words: the path in Node's message may be one below /proc/self/fd. */
const OBSTACLES: Readonly<Record<string, string>> = {
  EEXIST: 'what is there is no directory',
  ENOENT: 'its file system takes no new directories',
  ENOTDIR: 'something above it is no directory',
  EROFS: 'its file system is mounted read-only',
  ENOSPC: 'its file system is full',
};

function unmakeable(where: string, cause: unknown): ShimError {
  const { code = '', message } = cause as NodeJS.ErrnoException;
  const denied = code === 'EACCES' || code === 'EPERM';
  const reason = OBSTACLES[code] ?? (denied ? 'permission denied' : message);
  const known = code in OBSTACLES ? ` (${code})` : '';
  const text = `${where} can't be made: ${reason}${known}`;
  return new ShimError(denied ? 'SHIM_PERMISSION' : 'SHIM_IO', text, { where, cause });
}

/** The root is what somebody has named. */
function unusableRoot(root: string, error: unknown): ShimError {
  const { code, message, where, cause } = isShimError(error) ? error : unmakeable(root, error);
  const remedy =
    code === 'SHIM_PERMISSION'
      ? {}
      : { remedy: 'Name another directory: --root DIR, HOLDFAST_ROOT, or "root" in the config.' };
  return new ShimError(code, message, { cause, ...remedy, ...(where !== undefined && { where }) });
}

/** A directory of our own making may lack bits that the caller's umask took. */
function settle(directory: OpenDirectory, made: boolean): OpenDirectory {
  if (made) fchmodSync(directory.fd, 0o700);
  return checkPrivate(directory);
}
