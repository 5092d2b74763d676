import { lstat, readdir, rm, rmdir, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { ContainerRef } from '../api/documents.js';

/** The part of a state root other than the default one in the default log root. */
const ROOT_TAG = /^@[0-9a-f]{8}$/;

/** Removes a container's default log directory `LOGROOT/NS/ID`; one that is not of this form is somebody else's. */
export async function removeLogs(directory: string, ref: ContainerRef): Promise<void> {
  if (!isDefault(directory, ref)) return;
  await rm(directory, { recursive: true, force: true });
  await removeEmptyParents(directory);
}

/** The same after a create that failed: a directory that holds something is another container's, and stays as it is. */
export async function removeEmptyLogs(directory: string, ref: ContainerRef): Promise<void> {
  if (!isDefault(directory, ref)) return;
  const paths = (await readdir(directory).catch(() => [])).map((name) => join(directory, name));
  const stats = await Promise.all(paths.map((path) => lstat(path).catch(() => undefined)));
  // The lock of a log that is written holds who writes it; the log may be empty yet.
  if (stats.some((stat) => stat?.isFile() === true && stat.size > 0)) return;
  for (const [i, path] of paths.entries()) if (stats[i]?.isFile() === true) await unlink(path).catch(() => undefined);
  await rmdir(directory).catch(() => undefined);
  await removeEmptyParents(directory);
}

/** The namespace's, with its last container, and the state root's `@TAG`, with its last namespace. */
async function removeEmptyParents(directory: string): Promise<void> {
  const namespace = dirname(directory);
  await rmdir(namespace).catch(() => undefined);
  const root = dirname(namespace);
  if (ROOT_TAG.test(basename(root))) await rmdir(root).catch(() => undefined);
}

function isDefault(directory: string, ref: ContainerRef): boolean {
  return basename(directory) === ref.id && basename(dirname(directory)) === ref.namespace;
}
