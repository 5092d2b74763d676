import { constants } from 'node:fs';
import { dirname } from 'node:path';
import type { FileLane } from '../../plugin/file-lane.js';
import { ShimError } from '../../plugin/shim-error.js';

const LOOK = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/** Makes it, 0700, and what is missing above it. Rejects with SHIM_STATE_INSECURE if something else has its place. */
export async function makeSpillDirectory(path: string, lane: FileLane): Promise<void> {
  await make(path, { mode: 0o700, lane });
  if (await isOwn(path, lane)) return;
  throw new ShimError('SHIM_STATE_INSECURE', `${path} is not a private directory of the shim's user`, { where: path });
}

/** Numbers of the files there that are called `PREFIX.NUMBER`, in order. */
export async function listSegments(path: string, prefix: string, lane: FileLane): Promise<number[]> {
  const names = await lane.list(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const own = names
    .filter((name) => name.startsWith(`${prefix}.`))
    .map((name) => Number(name.slice(prefix.length + 1)));
  return own.filter((number) => Number.isSafeInteger(number) && number > 0).sort((a, b) => a - b);
}

/** Another container's files keep it. */
export async function removeSpillDirectory(path: string, lane: FileLane): Promise<void> {
  await lane.removeDirectory(path).catch(() => undefined);
}

async function isOwn(path: string, lane: FileLane): Promise<boolean> {
  const fd = await lane.open(path, LOOK, 0).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOTDIR' || error.code === 'ELOOP') return undefined;
    throw error;
  });
  if (fd === undefined) return false;
  const { uid, mode } = await lane.stat(fd).finally(() => lane.close(fd));
  return uid === process.geteuid?.() && (mode & 0o022) === 0;
}

async function make(path: string, { mode, lane }: { readonly mode: number; readonly lane: FileLane }): Promise<void> {
  try {
    await lane.makeDirectory(path, mode);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || dirname(path) === path) throw error;
    await make(dirname(path), { mode: 0o755, lane });
    await lane.makeDirectory(path, mode);
  }
}
