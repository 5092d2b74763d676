import { fail, ok, warn, type Check } from '../check.js';
import { spaceFault } from '../space.js';
import { formatBytes } from '../words.js';

const WRITABLE_BY_OTHERS = 0o022;
const STICKY = 0o1000;
const LITTLE = 2 ** 30;

/** The directory of default logs and its disk. */
export const checkLogRoot: Check = async (system, { logRoot, logs }) => {
  const space = await system.space(logRoot);
  const status = await system.status(space.at);
  if (status?.type !== 'directory') {
    return fail('logs', `${space.at} is no directory`, 'Name another "logRoot", or remove the file.');
  }
  const open = (status.mode & WRITABLE_BY_OTHERS) !== 0 && (status.mode & STICKY) === 0;
  if (open || (status.uid !== 0 && status.uid !== system.uid)) {
    return fail('logs', `others can write ${space.at}`, `chown root ${space.at} && chmod go-w ${space.at}`);
  }
  const where = `${logRoot} on ${space.type} ${space.source}${space.at === logRoot ? '' : ', not made yet'}`;
  if (space.type === 'tmpfs' || space.type === 'ramfs') {
    return warn(
      'logs',
      `${where}: logs take memory, and are gone after a boot`,
      'Name a directory on a disk as "logRoot".',
    );
  }
  const full = spaceFault(space, LITTLE);
  if (full !== undefined) {
    const remedy = `Free space on ${space.source}: records that can't be written are lost.`;
    return warn('logs', `${where}: ${full}`, remedy);
  }
  const drivers = logs.map(({ driver }) => driver).join(', ');
  return ok('logs', `${where}, ${formatBytes(space.freeBytes)} free; drivers: ${drivers === '' ? 'none' : drivers}`);
};
