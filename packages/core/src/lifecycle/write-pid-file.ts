import { randomBytes } from 'node:crypto';
import { lstat, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ShimError } from '../plugin/shim-error.js';

/** Writes a starter's pid file, 0644: who watches for it sees it whole. Rejects with SHIM_IO. */
export async function writePidFile(path: string, pid: number): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path).slice(0, 200)}.${randomBytes(6).toString('hex')}`);
  try {
    await refuseSpecial(path);
    await writeFile(temporary, String(pid), { mode: 0o644, flag: 'wx' });
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw new ShimError('SHIM_IO', `cannot write the pid file ${path}: ${(cause as Error).message}`, {
      where: path,
      cause,
    });
  }
}

/** A rename would put a file in the place of a device: `/dev/null` must stay what it is, for the whole machine. */
async function refuseSpecial(path: string): Promise<void> {
  const there = await lstat(path).catch(() => undefined);
  if (there === undefined || there.isFile() || there.isSymbolicLink()) return;
  throw new Error('something that is no file is there');
}
