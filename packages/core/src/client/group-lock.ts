import { closeSync, constants, fstatSync, lstatSync } from 'node:fs';
import { ShimError } from '../plugin/shim-error.js';
import { openBelow, type OpenDirectory } from './open-below.js';

const { O_CREAT, O_NONBLOCK, O_RDWR } = constants;
const LOCK_FILE = 'lock';

/**
 * Takes the group's lock: the right to serve it. Returns the descriptor that holds it (the caller's; a child that inherits
 * it holds the lock too), or undefined if somebody else has it. Throws Node's ENOENT if `create` is false and there is none.
 */
export async function takeGroupLock(group: OpenDirectory, create = true): Promise<number | undefined> {
  const { native } = await import('@holdfast/native');
  const flags = O_RDWR | O_NONBLOCK | (create ? O_CREAT : 0);
  for (;;) {
    const fd = openBelow(group, LOCK_FILE, flags);
    try {
      if (!fstatSync(fd).isFile())
        throw new ShimError('SHIM_STATE_INSECURE', 'the lock is no regular file', { where: group.path });
      if (!native.flock(fd, true)) {
        closeSync(fd);
        return undefined;
      }
    } catch (error) {
      closeSync(fd);
      throw error;
    }
    if (isStillThere(group, fd)) return fd;
    closeSync(fd);
  }
}

/** Between open and flock somebody may have removed the file: such a lock keeps nobody out. */
function isStillThere(group: OpenDirectory, fd: number): boolean {
  const now = lstatSync(`/proc/self/fd/${group.fd}/${LOCK_FILE}`, { throwIfNoEntry: false });
  const { dev, ino } = fstatSync(fd);
  return now?.ino === ino && now.dev === dev;
}
