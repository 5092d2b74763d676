import { fail, ok, warn, type Check, type Finding, type Subject } from '../check.js';
import { cgroupMode, UNIFIED, type CgroupMode } from '../cgroup-mode.js';
import { parseMounts } from '../mounts.js';
import type { DoctorSystem } from '../system.js';
import { crunsOf } from './runtimes.js';

const WORDS: Readonly<Record<CgroupMode, string>> = {
  v1: 'v1 alone',
  v2: 'v2 alone',
  hybrid: `hybrid: controllers in v1, v2 at ${UNIFIED}`,
  none: 'none mounted at /sys/fs/cgroup',
};
const PURE = 'Boot with systemd.unified_cgroup_hierarchy=1 (v2) or =0 (v1), or use runc.';

/** The cgroup mode, what each runtime will say to it, and who makes cgroups. */
export const checkCgroups: Check = async (system, subject) => {
  const mode = cgroupMode(parseMounts(await system.readText('/proc/self/mountinfo')));
  if (mode === 'none') return fail('cgroups', WORDS.none, 'Mount cgroup2 there: no runtime makes a container without.');
  const cruns = mode === 'hybrid' ? await askCruns(system, subject) : [];
  return [ok('cgroups', `${WORDS[mode]}; runc takes it`), ...cruns, await systemd(system, subject)];
};

/** crun refuses a hybrid host whose v2 has controllers (SHIM_CGROUP_MODE). */
async function askCruns(system: DoctorSystem, subject: Subject): Promise<Finding[]> {
  const controllers = (await system.readText(`${UNIFIED}/cgroup.controllers`).catch(() => '')).trim();
  if (controllers === '') return [ok('cgroups crun', 'takes it as well: v2 has no controllers')];
  const refusal = `crun refuses to create containers (SHIM_CGROUP_MODE): v2 has ${controllers}`;
  return Promise.all(
    crunsOf(subject).map(async ({ name, binary, chosen }) => {
      const path = await system.find(binary);
      if (path === undefined) return ok(`cgroups ${name}`, 'not installed; crun would refuse this mode');
      if (await isScript(system, path)) {
        return warn(`cgroups ${name}`, refusal, `${path} is a script: it must hide ${UNIFIED} from crun.`);
      }
      return chosen ? fail(`cgroups ${name}`, refusal, PURE) : warn(`cgroups ${name}`, refusal, PURE);
    }),
  );
}

async function isScript(system: DoctorSystem, path: string): Promise<boolean> {
  return (await system.readText(path)).startsWith('#!');
}

async function systemd(system: DoctorSystem, { runtimes }: Subject): Promise<Finding> {
  const booted = (await system.status('/run/systemd/system')) !== undefined;
  if (booted) return ok('systemd', 'is PID 1: the shim runs in a scope of its own');
  const asking = runtimes.filter(({ plugin }) => plugin?.options['systemdCgroup'] === true).map(({ name }) => name);
  if (asking.length === 0) return ok('systemd', 'is not PID 1: the shim makes its own cgroups');
  const found = `is not PID 1, but "systemdCgroup" is set for ${asking.join(', ')}`;
  return fail('systemd', found, 'Leave "systemdCgroup" out: nobody would make the cgroups.');
}
