import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/**
 * The last `limit` bytes of a regular file, or undefined if there is no such file.
 * A symbolic link is not followed and a FIFO does not block.
 */
export function readBounded(path: string, limit: number): Buffer | undefined {
  let file;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ELOOP') return undefined;
    throw error;
  }
  try {
    const stat = fstatSync(file);
    if (!stat.isFile()) return undefined;
    const buffer = Buffer.alloc(Math.min(stat.size, limit));
    return buffer.subarray(0, readSync(file, buffer, 0, buffer.length, stat.size - buffer.length));
  } finally {
    closeSync(file);
  }
}
