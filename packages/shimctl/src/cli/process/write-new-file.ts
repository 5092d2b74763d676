import { dirname } from 'node:path';
import { makeDirectories, putFile } from '@holdfast/core/client';
import { ShimError } from '@holdfast/core/plugin';

/** How {@link writeNewFile} writes. */
export interface NewFileOptions {
  readonly mode: number;
  /** True to put it in the place of a file that is there. */
  readonly force: boolean;
}

/**
 * Writes a file whole or not at all, with the directories above it. Rejects with SHIM_CONFIG_EXISTS if there is one (and
 * `force` is false), SHIM_PERMISSION, SHIM_IO.
 */
export async function writeNewFile(path: string, text: string, { mode, force }: NewFileOptions): Promise<void> {
  try {
    makeDirectories(dirname(path), 0o755);
    await putFile(path, text, { mode, replace: force });
  } catch (cause) {
    const { code, syscall } = cause as NodeJS.ErrnoException;
    if (code === 'EEXIST' && syscall === 'link')
      throw new ShimError('SHIM_CONFIG_EXISTS', `${path} exists`, { where: path, cause });
    throw cannotWrite(path, cause);
  }
}

/** SHIM_PERMISSION or SHIM_IO. */
export function cannotWrite(path: string, cause: unknown): ShimError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const denied = code === 'EACCES' || code === 'EPERM' || code === 'EROFS';
  const about = { where: path, cause };
  return new ShimError(denied ? 'SHIM_PERMISSION' : 'SHIM_IO', `can't write ${path}: ${message}`, about);
}
