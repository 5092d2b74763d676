import { ShimError } from '@holdfast/core/plugin';
import { native } from '@holdfast/native';

const UMOUNT_NOFOLLOW = 8;
const MNT_DETACH = 2;
/** Somebody may mount without end. */
const MOST_MOUNTS = 128;

/** Unmounts all that is mounted at `path`; one that is in use goes once it is not. Nothing there is no error. Rejects with SHIM_IO. */
export async function unmountAll(path: string): Promise<void> {
  for (let count = 0; count < MOST_MOUNTS; count += 1) if (!(await unmountOne(path))) return;
}

/** False if nothing is mounted there. */
async function unmountOne(path: string): Promise<boolean> {
  try {
    await native.unmount(path, UMOUNT_NOFOLLOW).catch(async (error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'EBUSY') throw error;
      await native.unmount(path, UMOUNT_NOFOLLOW | MNT_DETACH);
    });
    return true;
  } catch (cause) {
    const { code = '' } = cause as NodeJS.ErrnoException;
    if (code === 'EINVAL' || code === 'ENOENT') return false;
    throw new ShimError('SHIM_IO', `${path} can't be unmounted: ${code}`, { where: path, cause });
  }
}
