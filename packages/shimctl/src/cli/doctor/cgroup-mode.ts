import { mountOf, type Mount } from './mounts.js';

/** `hybrid`: controllers in v1, and v2 mounted beside them. */
export type CgroupMode = 'v2' | 'v1' | 'hybrid' | 'none';

const ROOT = '/sys/fs/cgroup';
/** Where runtimes look for v2 on a hybrid host. */
export const UNIFIED = `${ROOT}/unified`;

/** What a runtime sees below /sys/fs/cgroup. */
export function cgroupMode(mounts: readonly Mount[]): CgroupMode {
  if (mountOf(mounts, ROOT)?.type === 'cgroup2') return 'v2';
  const v1 = mounts.some(({ type, path }) => type === 'cgroup' && path.startsWith(`${ROOT}/`));
  if (!v1) return 'none';
  return mountOf(mounts, UNIFIED)?.type === 'cgroup2' ? 'hybrid' : 'v1';
}
