import { ShimError } from '@holdfast/core';
import type { StreamedLaunch } from '@holdfast/core';

/** Leaves a command to a process of its own. Throws, in any case: SHIM_UNSUPPORTED if it has begun already. */
export function elsewhere(launch: Pick<StreamedLaunch, 'refuse'>, why: string): never {
  launch.refuse(why);
  throw new ShimError('SHIM_UNSUPPORTED', `the command can't be gone on with in the shim: ${why}`, {
    remedy: 'Look at what it has done, and call it again if need be.',
  });
}
