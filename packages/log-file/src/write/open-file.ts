import { constants } from 'node:fs';
import { dirname } from 'node:path';
import { ShimError, type FileLane, type PluginLogger } from '@holdfast/core/plugin';
import { codeOf, messageOf } from '../system-error.js';
import { draftName } from '../rotated-name.js';
import type { Directories } from './make-directory.js';

/** O_NONBLOCK: a FIFO in the file's place must not hang the lane. Reading is for {@link endOfLastLine}. */
const FLAGS = constants.O_RDWR | constants.O_APPEND | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const FLAGS_NEW = FLAGS | constants.O_CREAT | constants.O_EXCL;

/** Where a log file is, and its permissions if it is new. */
export interface FilePlace {
  readonly lane: FileLane;
  readonly path: string;
  readonly mode: number;
  readonly logger: PluginLogger;
  readonly directories: Directories;
}

/** An open log file. */
export interface OpenedFile {
  readonly fd: number;
  readonly size: number;
  /** It was not there before. */
  readonly created: boolean;
}

/** Opens a file for appending and makes it and its directory if need be. Rejects with SHIM_LOG_OPEN. */
export async function openFile(place: FilePlace): Promise<OpenedFile> {
  const { lane, path } = place;
  let opened: Opening | undefined;
  try {
    opened = await openOrCreate(place);
    const stat = await lane.stat(opened.fd);
    if (stat.isFile) return { ...opened, size: stat.size };
  } catch (error) {
    if (opened !== undefined) await lane.close(opened.fd).catch(() => undefined);
    throw openError(path, messageOf(error), error);
  }
  await lane.close(opened.fd).catch(() => undefined);
  throw openError(path, 'not a regular file');
}

/** As {@link openFile}, for a name that is thought to be free. */
export async function createFile(place: FilePlace): Promise<OpenedFile> {
  try {
    return { fd: await create(place), size: 0, created: true };
  } catch {
    return openFile(place);
  }
}

/** Makes an empty file and puts it in the place of the one at the path, whose readers keep it. Rejects as the lane does. */
export async function replaceFile(place: FilePlace): Promise<OpenedFile> {
  const { lane, path } = place;
  const draft = draftName(path);
  await lane.unlink(draft).catch(() => undefined);
  const fd = await create({ ...place, path: draft });
  try {
    await lane.rename(draft, path);
    return { fd, size: 0, created: true };
  } catch (error) {
    await lane.close(fd).catch(() => undefined);
    await lane.unlink(draft).catch(() => undefined);
    throw error;
  }
}

type Opening = Pick<OpenedFile, 'fd' | 'created'>;

async function openOrCreate(place: FilePlace): Promise<Opening> {
  const { lane, path, directories } = place;
  const there = async (): Promise<Opening> => ({ fd: await lane.open(path, FLAGS, 0), created: false });
  try {
    return await there();
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
  await directories.make(dirname(path));
  try {
    return { fd: await create(place), created: true };
  } catch (error) {
    // Somebody else was faster.
    if (codeOf(error) !== 'EEXIST') throw error;
    return there();
  }
}

async function create({ lane, path, mode, logger }: FilePlace): Promise<number> {
  const fd = await lane.open(path, FLAGS_NEW, mode);
  // The umask, or a default ACL of the directory, may have taken bits off.
  await lane.chmod(fd, mode).catch((error: unknown) => {
    logger.warn({ path, err: error }, 'the permissions of the log file could not be set');
  });
  return fd;
}

export function openError(path: string, why: string, cause?: unknown): ShimError {
  const symlink = codeOf(cause) === 'ELOOP';
  const message = `cannot open the log ${path}: ${symlink ? 'it is a symbolic link' : why}`;
  return new ShimError('SHIM_LOG_OPEN', message, { where: path, cause });
}
