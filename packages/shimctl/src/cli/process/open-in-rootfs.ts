import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { ShimError } from '@holdfast/core/plugin';
import { readRegular } from './read-file.js';

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK } = constants;
const LONGEST = 1 << 20;

/**
 * The text of `etc/NAME` in a container's rootfs, which the container may change at any moment: each step is opened from the
 * descriptor of the one before, without following a symbolic link, so that it can't lead out of the rootfs.
 * Throws SHIM_INVALID_ARGUMENT.
 */
export async function readEtcFile(rootfs: string, name: 'passwd' | 'group'): Promise<string> {
  const handles: FileHandle[] = [];
  const step = async (path: string, flags: number): Promise<FileHandle> => {
    const handle = await open(path, flags);
    handles.push(handle);
    return handle;
  };
  try {
    const root = await step(rootfs, O_RDONLY | O_DIRECTORY);
    const etc = await step(`/proc/self/fd/${root.fd}/etc`, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    const file = await step(`/proc/self/fd/${etc.fd}/${name}`, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    const text = await readRegular(file, LONGEST);
    if (text !== undefined) return text;
    throw unreadable(`${rootfs}/etc/${name}`, `it is no regular file of at most ${LONGEST} bytes`);
  } catch (cause) {
    if (cause instanceof ShimError) throw cause;
    throw unreadable(`${rootfs}/etc/${name}`, reason(cause), cause);
  } finally {
    for (const handle of handles.reverse()) await handle.close();
  }
}

function reason(cause: unknown): string {
  const { code } = cause as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'it does not exist';
  // O_DIRECTORY with O_NOFOLLOW says ENOTDIR of a symbolic link, O_NOFOLLOW alone ELOOP.
  if (code === 'ELOOP' || code === 'ENOTDIR') return 'it is reached through a symbolic link, which is not followed';
  return code ?? String(cause);
}

function unreadable(where: string, why: string, cause?: unknown): ShimError {
  return new ShimError('SHIM_INVALID_ARGUMENT', `cannot look the name up in the container's rootfs: ${why}`, {
    where,
    remedy: 'Give numbers: --user UID:GID.',
    cause,
  });
}
