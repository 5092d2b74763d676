import { closeSync, constants, fstatSync, lstatSync, openSync } from 'node:fs';
import { ShimError } from '../../plugin/shim-error.js';
import type { StdioName } from './forward-target.js';

const { O_RDWR, O_WRONLY, O_NONBLOCK, O_NOFOLLOW } = constants;

/** Throws SHIM_INVALID_ARGUMENT, with the path, for what is no FIFO; a symbolic link to one is none. */
export function checkFifo(path: string, name: StdioName): void {
  let is: string;
  try {
    const stats = lstatSync(path);
    if (stats.isFIFO()) return;
    is = stats.isSymbolicLink() ? 'is a symbolic link' : 'is no FIFO';
  } catch (cause) {
    throw refused(name, path, (cause as Error).message, cause);
  }
  throw refused(name, path, is);
}

/** Both ends in one descriptor, non-blocking: opening it waits for nobody. */
export function openBothEnds(path: string, name: StdioName): number {
  // A device would be opened by the very attempt.
  checkFifo(path, name);
  let fd: number;
  try {
    fd = openSync(path, O_RDWR | O_NONBLOCK | O_NOFOLLOW);
  } catch (cause) {
    throw refused(name, path, (cause as Error).message, cause);
  }
  if (fstatSync(fd).isFIFO()) return fd;
  closeSync(fd);
  throw refused(name, path, 'is no FIFO');
}

/** The write end alone, non-blocking: that nobody reads can be known then. */
export function openWriteEnd(path: string, name: StdioName): number {
  const both = openBothEnds(path, name);
  try {
    return openSync(`/proc/self/fd/${both}`, O_WRONLY | O_NONBLOCK);
  } finally {
    closeSync(both);
  }
}

function refused(name: StdioName, path: string, words: string, cause?: unknown): ShimError {
  return new ShimError('SHIM_INVALID_ARGUMENT', `forward.${name}: ${path}: ${words}`, {
    where: path,
    remedy: 'Make the FIFO before, or leave this stream out.',
    ...(cause === undefined ? {} : { cause }),
  });
}
