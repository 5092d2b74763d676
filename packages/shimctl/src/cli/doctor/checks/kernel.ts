import { fail, ok, warn, type Check } from '../check.js';
import { cgroupMode } from '../cgroup-mode.js';
import { parseMounts } from '../mounts.js';
import { atLeast } from '../words.js';

const UPDATE = 'Run a newer kernel.';

/** What the kernel can do; tried where that changes nothing, else by its version. */
export const checkKernel: Check = async (system) => {
  const { kernel } = system;
  const probes = await system.probeKernel().catch(() => undefined);
  if (probes === undefined) return warn('kernel', `${kernel}; not tried, the addon does not load`, 'See addon above.');
  if (!probes.pidfdOpen)
    return fail('kernel', `${kernel} has no pidfd_open, or a filter forbids it`, `${UPDATE} (5.3)`);
  if (!probes.tee) return fail('kernel', `${kernel}: tee(2) of a pipe fails, or a filter forbids it`, UPDATE);
  const v2 = cgroupMode(parseMounts(await system.readText('/proc/self/mountinfo'))) === 'v2';
  const has = ['pidfd_open', 'tee', ...(atLeast(kernel, 3, 17) ? ['memfd'] : [])];
  if (v2 && atLeast(kernel, 5, 14)) has.push('cgroup.kill');
  const found = `${kernel}: ${has.join(', ')}`;
  if (probes.pidfdExitCode) return ok('kernel', `${found}, exit codes outlive the keeper`);
  return warn(
    'kernel',
    `${found}; exit codes of containers that end after their keeper died will be unknown`,
    'Linux 6.15 and later tell them (PIDFD_GET_INFO).',
  );
};
