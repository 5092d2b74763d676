import { checkWritable } from '../files/check-writable.js';
import { putFile } from '../files/put-file.js';
import { ShimError } from '../plugin/shim-error.js';

/** Writes a starter's pid file, 0644: who watches for it sees it whole. Rejects with SHIM_IO. */
export async function writePidFile(path: string, pid: number): Promise<void> {
  await putFile(path, String(pid), { mode: 0o644, replace: true }).catch((cause: unknown) => {
    throw unwritable(path, cause);
  });
}

/** Rejects with SHIM_IO if a pid file could not be written there: found before a process is made. */
export async function checkPidFile(path: string | undefined): Promise<void> {
  if (path === undefined) return;
  await checkWritable(path).catch((cause: unknown) => {
    throw unwritable(path, cause);
  });
}

function unwritable(where: string, cause: unknown): ShimError {
  return new ShimError('SHIM_IO', `cannot write the pid file ${where}: ${(cause as Error).message}`, {
    where,
    cause,
    remedy: 'Name a file, in a directory that is there and can be written.',
  });
}
