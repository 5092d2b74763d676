import { putFile } from '../files/put-file.js';
import { ShimError } from '../plugin/shim-error.js';

/** Writes a starter's pid file, 0644: who watches for it sees it whole. Rejects with SHIM_IO. */
export async function writePidFile(path: string, pid: number): Promise<void> {
  await putFile(path, String(pid), { mode: 0o644, replace: true }).catch((cause: unknown) => {
    throw new ShimError('SHIM_IO', `cannot write the pid file ${path}: ${(cause as Error).message}`, {
      where: path,
      cause,
    });
  });
}
