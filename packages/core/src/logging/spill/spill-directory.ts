import { lstat, mkdir, readdir, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ShimError } from '../../plugin/shim-error.js';

/** Makes it, 0700, and what is missing above it. Rejects with SHIM_STATE_INSECURE if something else has its place. */
export async function makeSpillDirectory(path: string): Promise<void> {
  await make(path, 0o700);
  const stats = await lstat(path);
  if (stats.isDirectory() && stats.uid === process.geteuid?.() && (stats.mode & 0o022) === 0) return;
  throw new ShimError('SHIM_STATE_INSECURE', `${path} is not a private directory of the shim's user`, { where: path });
}

/** Numbers of the files there that are called `PREFIX.NUMBER`, in order. */
export async function listSegments(path: string, prefix: string): Promise<number[]> {
  const names = await readdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const own = names
    .filter((name) => name.startsWith(`${prefix}.`))
    .map((name) => Number(name.slice(prefix.length + 1)));
  return own.filter((number) => Number.isSafeInteger(number) && number > 0).sort((a, b) => a - b);
}

/** Another container's files keep it. */
export async function removeSpillDirectory(path: string): Promise<void> {
  await rmdir(path).catch(() => undefined);
}

async function make(path: string, mode: number): Promise<void> {
  try {
    await mkdir(path, { mode });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || dirname(path) === path) throw error;
    await make(dirname(path), 0o755);
    await mkdir(path, { mode });
  }
}
