import { constants, fstat } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { ShimError, type FileLane } from '@holdfast/core/plugin';
import { codeOf, messageOf } from '../system-error.js';

const fstatOf = promisify(fstat);
const DIRECTORY_MODE = 0o750;

/** O_NONBLOCK: a FIFO in the file's place must not hang the lane. Reading is for {@link endOfLastLine}. */
const FLAGS = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** An open log file. */
export interface OpenedFile {
  readonly fd: number;
  readonly size: number;
}

/** Opens `path` for appending and makes it and its directory if need be. Rejects with SHIM_LOG_OPEN. */
export async function openFile(lane: FileLane, path: string, mode: number): Promise<OpenedFile> {
  const fd = await openOrCreate(lane, path, mode).catch((error: unknown) => {
    throw openError(path, messageOf(error), error);
  });
  const stat = await fstatOf(fd);
  if (stat.isFile()) return { fd, size: stat.size };
  await lane.close(fd);
  throw openError(path, 'not a regular file');
}

/** As {@link openFile}, for a name that is thought to be free: all of it runs in the lane. */
export async function createFile(lane: FileLane, path: string, mode: number): Promise<OpenedFile> {
  try {
    return { fd: await lane.open(path, FLAGS | constants.O_EXCL, mode), size: 0 };
  } catch {
    return openFile(lane, path, mode);
  }
}

async function openOrCreate(lane: FileLane, path: string, mode: number): Promise<number> {
  try {
    return await lane.open(path, FLAGS, mode);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    await mkdir(dirname(path), { recursive: true, mode: DIRECTORY_MODE });
    return lane.open(path, FLAGS, mode);
  }
}

export function openError(path: string, why: string, cause?: unknown): ShimError {
  const symlink = codeOf(cause) === 'ELOOP';
  const message = `cannot open the log ${path}: ${symlink ? 'it is a symbolic link' : why}`;
  return new ShimError('SHIM_LOG_OPEN', message, { where: path, cause });
}
