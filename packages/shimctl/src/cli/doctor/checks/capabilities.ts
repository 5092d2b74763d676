import { fail, ok, warn, type Check } from '../check.js';

/** Numbers of capabilities, from linux/capability.h. */
const REQUIRED = { CAP_SYS_ADMIN: 21, CAP_KILL: 5, CAP_SETUID: 7, CAP_SETGID: 6, CAP_DAC_OVERRIDE: 1 };
const USEFUL = {
  CAP_CHOWN: 0,
  CAP_FOWNER: 3,
  CAP_SETPCAP: 8,
  CAP_NET_ADMIN: 12,
  CAP_SYS_CHROOT: 18,
  CAP_SYS_PTRACE: 19,
  CAP_SYS_RESOURCE: 24,
  CAP_MKNOD: 27,
};

/** Whether this user may do what runtimes and the keeper do. */
export const checkCapabilities: Check = async (system) => {
  const text = await system.readText('/proc/self/status');
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(text)?.[1] ?? '0'}`);
  const missing = (set: Record<string, number>): string[] =>
    Object.entries(set).flatMap(([name, bit]) => ((effective >> BigInt(bit)) & 1n ? [] : [name]));
  const who = system.uid === 0 ? 'root' : `uid ${system.uid}`;
  const lacking = missing(REQUIRED);
  if (lacking.length > 0) {
    const remedy = system.uid === 0 ? 'Start shimctl where root keeps these capabilities.' : 'Run as root.';
    return fail('permissions', `${who} without ${lacking.join(', ')}`, remedy);
  }
  const others = missing(USEFUL);
  if (others.length === 0) return ok('permissions', `${who} with all capabilities needed`);
  return warn('permissions', `${who} without ${others.join(', ')}`, consequences(others));
};

function consequences(missing: readonly string[]): string {
  if (missing.length === 1 && missing[0] === 'CAP_SYS_RESOURCE') {
    return 'Specs that raise an rlimit or lower oom_score_adj fail; leave "rlimits" out of them, or add the capability.';
  }
  return 'Some specs will fail in the runtime; start shimctl where these capabilities are left.';
}
