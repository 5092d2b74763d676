import { isShimError } from '@holdfast/core/plugin';
import { fail, ok, warn, type Check, type Finding } from '../check.js';
import type { DoctorSystem, Space } from '../system.js';
import { dirname } from 'node:path';
import { spaceFault } from '../space.js';

const OTHERS = 0o077;
const WRITABLE_BY_OTHERS = 0o022;
const STICKY = 0o1000;
/** State files are small; this holds thousands of containers. */
const LITTLE = 16 * 2 ** 20;
/** File systems of the kernel's own, which hold no files of others. */
const KERNELS =
  /^(?:proc|sysfs|cgroup2?|devpts|securityfs|debugfs|tracefs|bpf|pstore|efivarfs|configfs|mqueue|binfmt_misc)$/;
const ELSEWHERE = 'Name another directory: --root DIR, HOLDFAST_ROOT, or "root" in the config.';

/** The directory of state and sockets. */
export const checkStateRoot: Check = async (system, { root, group }) => {
  const tooLong = socketFault(system, root, group);
  if (tooLong !== undefined) return tooLong;
  const space = await system.space(root);
  const insecure = (await ownFault(system, root)) ?? (await parentFault(system, root));
  if (insecure !== undefined) return insecure;
  const unfit = await placeFault(system, root, space);
  if (unfit !== undefined) return fail('state', unfit, ELSEWHERE);
  const full = spaceFault(space, LITTLE);
  if (full !== undefined) return warn('state', `${root}: ${full}`, `Free space on ${space.source}.`);
  const made = space.at === root ? '' : ', not made yet';
  return ok('state', `${root} on ${space.type}${made}`);
};

function socketFault(system: DoctorSystem, root: string, group: string): Finding | undefined {
  try {
    system.socket(root, group);
    return undefined;
  } catch (error) {
    if (isShimError(error)) return fail('state', `${root}: ${error.message}`, error.remedy);
    throw error;
  }
}

async function ownFault(system: DoctorSystem, root: string): Promise<Finding | undefined> {
  const status = await system.status(root);
  if (status === undefined) return undefined;
  if (status.type !== 'directory') {
    const is = status.type === 'link' ? 'a symbolic link' : 'no directory';
    return fail('state', `${root} is ${is}`, 'Name the directory itself as "root".');
  }
  const owned = status.uid === 0 || status.uid === system.uid;
  if (owned && (status.mode & OTHERS) === 0) return undefined;
  const mode = (status.mode & 0o7777).toString(8).padStart(4, '0');
  return fail(
    'state',
    `${root} belongs to uid ${status.uid} and has mode ${mode}`,
    `chown ${system.uid} ${root} && chmod 700 ${root}, after a look at what others may have put there.`,
  );
}

/** Why nothing can be made or written there. */
async function placeFault(system: DoctorSystem, root: string, space: Space): Promise<string | undefined> {
  if (KERNELS.test(space.type)) return `${root} is on a ${space.type} file system, which takes no files`;
  if (space.readOnly) return `${root} is on a file system that is mounted read-only`;
  const above = space.at === root ? undefined : await system.status(space.at);
  if (above === undefined || above.type === 'directory' || above.type === 'link') return undefined;
  return `${root} can't be made: ${space.at} is no directory`;
}

/** Whoever can write the directory above can put another in its place. */
async function parentFault(system: DoctorSystem, root: string): Promise<Finding | undefined> {
  const parent = dirname(root);
  const status = await system.status(parent);
  if (status === undefined || status.type === 'link') return undefined;
  const trusted = status.uid === 0 || status.uid === system.uid;
  const open = (status.mode & WRITABLE_BY_OTHERS) !== 0 && (status.mode & STICKY) === 0;
  if (trusted && !open) return undefined;
  return fail(
    'state',
    `others can write ${parent}, and replace ${root}`,
    `chown root ${parent} && chmod go-w ${parent}`,
  );
}
