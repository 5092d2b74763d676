import { closeSync, constants, openSync, rmSync, writeFileSync, type Stats } from 'node:fs';
import { open, unlink } from 'node:fs/promises';
import { native } from '@holdfast/native';
import { ShimError } from '../plugin/shim-error.js';

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;
const MAX_BYTES = 16 << 20;
let temporary = 0;

/**
 * Writes `value` so that a reader sees the old document or the new one and never a part. No fsync: the state directory
 * describes processes of this boot and means nothing after the next (docs/adr/0003). In the caller's own thread: another one is
 * longer woken than this takes.
 */
export function writeJson(path: string, value: unknown): Promise<void> {
  try {
    putJson(path, `${path}.${process.pid}.${temporary++}`, value);
    return Promise.resolve();
  } catch (error) {
    return Promise.reject(cannotWrite(path, error));
  }
}

function putJson(path: string, draft: string, value: unknown): void {
  const file = openSync(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    writeFileSync(file, JSON.stringify(value));
    native.replaceFile(path, draft);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
}

/** Node's own error of a write names no file. */
function cannotWrite(path: string, cause: unknown): ShimError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const remedy =
    code === 'ENOSPC' || code === 'EDQUOT' ? { remedy: 'Free space on the disk of the state directory.' } : {};
  return new ShimError('SHIM_IO', `the state cannot be written: ${message}`, { where: path, cause, ...remedy });
}

/**
 * Reads a document; undefined if there is none. Follows no symbolic link and reads at most 16 MiB.
 * Throws SHIM_STATE_CORRUPT (not JSON) or SHIM_STATE_INSECURE (not a regular file of ours).
 */
export async function readJson(path: string): Promise<unknown> {
  const text = await readBounded(path);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new ShimError('SHIM_STATE_CORRUPT', `${path} is not JSON`, { where: path, cause });
  }
}

async function readBounded(path: string): Promise<string | undefined> {
  let file;
  try {
    file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    if (code === 'ELOOP')
      throw new ShimError('SHIM_STATE_INSECURE', `${path} is a symbolic link`, { where: path, cause });
    throw new ShimError('SHIM_IO', `cannot read ${path}`, { where: path, cause });
  }
  try {
    checkRegular(path, await file.stat());
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

function checkRegular(path: string, stats: Stats): void {
  if (!stats.isFile() || stats.uid !== process.geteuid?.()) {
    throw new ShimError('SHIM_STATE_INSECURE', `${path} is not a regular file of the shim's user`, { where: path });
  }
  if (stats.size > MAX_BYTES)
    throw new ShimError('SHIM_STATE_CORRUPT', `${path} holds ${stats.size} bytes`, { where: path });
}

/** Removes a file; no error if there is none. */
export async function removeFile(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
