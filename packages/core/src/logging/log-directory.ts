import { lstat, readdir, rm, rmdir, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { ContainerRef } from '../api/documents.js';

/** Removes a container's default log directory `LOGROOT/NS/ID`; one that is not of this form is somebody else's. */
export async function removeLogs(directory: string, ref: ContainerRef): Promise<void> {
  if (!isDefault(directory, ref)) return;
  await rm(directory, { recursive: true, force: true });
  await rmdir(dirname(directory)).catch(() => undefined);
}

/** The same after a create that failed: files that hold something are an earlier container's, and stay. */
export async function removeEmptyLogs(directory: string, ref: ContainerRef): Promise<void> {
  if (!isDefault(directory, ref)) return;
  for (const name of await readdir(directory).catch(() => [])) {
    const path = join(directory, name);
    if ((await lstat(path)).size === 0) await unlink(path).catch(() => undefined);
  }
  await rmdir(directory).catch(() => undefined);
  await rmdir(dirname(directory)).catch(() => undefined);
}

function isDefault(directory: string, ref: ContainerRef): boolean {
  return basename(directory) === ref.id && basename(dirname(directory)) === ref.namespace;
}
