import { constants } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { ContainerRef } from '../api/documents.js';
import type { FileLane, LaneStat } from '../plugin/file-lane.js';

/** The part of a state root other than the default one in the default log root. */
const ROOT_TAG = /^@[0-9a-f]{8}$/;
/** Opens anything without waiting for it or following it. */
const LOOK = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
/** What unlink(2) says of a directory. */
const IS_DIRECTORY = ['EISDIR', 'EPERM'];

/** Clears a container's log directory, in the lane of its disk: whoever must not wait for that disk does not wait for this. */
export type ClearLogs = (directory: string, ref: ContainerRef, lane: FileLane) => Promise<void>;

/** Removes a container's default log directory `LOGROOT/NS/ID`; one that is not of this form is somebody else's. */
export const removeLogs: ClearLogs = async (directory, ref, lane) => {
  if (!isDefault(directory, ref)) return;
  await removeTree(directory, lane);
  await removeEmptyParents(directory, lane);
};

/** The same after a create that failed: a directory that holds something is another container's, and stays as it is. */
export const removeEmptyLogs: ClearLogs = async (directory, ref, lane) => {
  if (!isDefault(directory, ref)) return;
  const paths = (await lane.list(directory).catch(() => [])).map((name) => join(directory, name));
  const stats = await Promise.all(paths.map((path) => look(path, lane)));
  // The lock of a log that is written holds who writes it; the log may be empty yet.
  if (stats.some((stat) => stat?.isFile === true && stat.size > 0)) return;
  for (const [i, path] of paths.entries())
    if (stats[i]?.isFile === true) await lane.unlink(path).catch(() => undefined);
  await lane.removeDirectory(directory).catch(() => undefined);
  await removeEmptyParents(directory, lane);
};

async function removeTree(path: string, lane: FileLane): Promise<void> {
  const names = await lane.list(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (names === undefined) return;
  for (const name of names) await remove(join(path, name), lane);
  await lane.removeDirectory(path);
}

async function remove(path: string, lane: FileLane): Promise<void> {
  try {
    await lane.unlink(path);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return;
    if (!IS_DIRECTORY.includes(code)) throw error;
    await removeTree(path, lane);
  }
}

async function look(path: string, lane: FileLane): Promise<LaneStat | undefined> {
  const fd = await lane.open(path, LOOK, 0).catch(() => undefined);
  return fd === undefined ? undefined : lane.stat(fd).finally(() => lane.close(fd));
}

/** The namespace's, with its last container, and the state root's `@TAG`, with its last namespace. */
async function removeEmptyParents(directory: string, lane: FileLane): Promise<void> {
  const namespace = dirname(directory);
  await lane.removeDirectory(namespace).catch(() => undefined);
  const root = dirname(namespace);
  if (ROOT_TAG.test(basename(root))) await lane.removeDirectory(root).catch(() => undefined);
}

function isDefault(directory: string, ref: ContainerRef): boolean {
  return basename(directory) === ref.id && basename(dirname(directory)) === ref.namespace;
}
