import { constants, closeSync, fstatSync, lstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { ShimError } from '../plugin/shim-error.js';

const { O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;

/** A directory held open: what is opened below it can't be swapped for something else on the way. */
export interface OpenDirectory {
  readonly fd: number;
  readonly path: string;
}

/**
 * openat(2) by way of /proc, never following a symbolic link in the last part. Throws Node's error (ENOENT), or
 * SHIM_STATE_INSECURE for a link. What O_CREAT makes has mode 0600. The descriptor is the caller's.
 */
export function openBelow(directory: OpenDirectory, name: string, flags: number): number {
  try {
    return openSync(`/proc/self/fd/${directory.fd}/${name}`, flags | O_NOFOLLOW, 0o600);
  } catch (error) {
    throw explainOpen(error, join(directory.path, name));
  }
}

/** {@link openBelow} for a directory. */
export function openDirectoryBelow(directory: OpenDirectory, name: string): OpenDirectory {
  return { fd: openBelow(directory, name, O_RDONLY | O_DIRECTORY), path: join(directory.path, name) };
}

/** Opens `path` itself; links above it are the administrator's. */
export function openDirectory(path: string): OpenDirectory {
  try {
    return { fd: openSync(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW), path };
  } catch (error) {
    throw explainOpen(error, path);
  }
}

/** The contents of a regular file of at most `limit` bytes. Throws Node's errors, SHIM_STATE_INSECURE or SHIM_STATE_CORRUPT. */
export function readFileBelow(directory: OpenDirectory, name: string, limit: number): Buffer {
  const where = join(directory.path, name);
  const fd = openBelow(directory, name, O_RDONLY | O_NONBLOCK);
  try {
    if (!fstatSync(fd).isFile()) throw new ShimError('SHIM_STATE_INSECURE', 'not a regular file', { where });
    const buffer = Buffer.alloc(Math.min(limit, fstatSync(fd).size) + 1);
    let length = 0;
    for (let n = -1; n !== 0 && length < buffer.length; length += n)
      n = readSync(fd, buffer, length, buffer.length - length, null);
    if (length > limit) throw new ShimError('SHIM_STATE_CORRUPT', `the file is over ${limit} bytes`, { where });
    return buffer.subarray(0, length);
  } finally {
    closeSync(fd);
  }
}

/** Runs `use` with the directory and closes it. */
export function withDirectory<T>(directory: OpenDirectory, use: (directory: OpenDirectory) => T): T {
  try {
    return use(directory);
  } finally {
    closeSync(directory.fd);
  }
}

/** For words alone: it may have changed since. */
function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
}

function explainOpen(error: unknown, where: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  const about = { where, cause: error };
  if (code === 'ELOOP' || code === 'ENOTDIR') {
    return new ShimError(
      'SHIM_STATE_INSECURE',
      `${where} is ${isLink(where) ? 'a symbolic link' : 'no directory'}`,
      about,
    );
  }
  if (code === 'EACCES' || code === 'EPERM') return new ShimError('SHIM_PERMISSION', `${where} can't be opened`, about);
  return error;
}
