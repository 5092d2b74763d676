import { ok, warn, type Check, type Finding } from '../check.js';
import { parseMounts } from '../mounts.js';
import type { DoctorSystem } from '../system.js';

/** A container takes some ten descriptors of its shim. */
const FEW_FILES = 4096;
const FEW_INSTANCES = 32;
const FEW_PAGES = 4096;

/** Limits that a busy shim meets. */
export const checkLimits: Check = async (system) =>
  Promise.all([openFiles(system), ...(system.uid === 0 ? [] : [pipes(system)]), inotify(system), proc(system)]);

async function openFiles(system: DoctorSystem): Promise<Finding> {
  const hard = /^Max open files\s+\S+\s+(\S+)/m.exec(await system.readText('/proc/self/limits'))?.[1] ?? '0';
  const found = `at most ${hard} open files`;
  if (hard === 'unlimited' || Number(hard) >= FEW_FILES) return ok('open files', found);
  return warn(
    'open files',
    found,
    `Raise it (ulimit -Hn, LimitNOFILE=): some ${FEW_FILES} serve a hundred containers.`,
  );
}

async function pipes(system: DoctorSystem): Promise<Finding> {
  const pages = await readNumber(system, '/proc/sys/fs/pipe-user-pages-soft');
  const found = `${pages} pages of pipes for a user`;
  if (pages === 0 || pages >= FEW_PAGES) return ok('pipes', found);
  return warn('pipes', found, 'Raise fs.pipe-user-pages-soft: past it, pipes shrink to one page.');
}

async function inotify(system: DoctorSystem): Promise<Finding> {
  const instances = await readNumber(system, '/proc/sys/fs/inotify/max_user_instances');
  const watches = await readNumber(system, '/proc/sys/fs/inotify/max_user_watches');
  const found = `${instances} instances and ${watches} watches for a user`;
  if (instances >= FEW_INSTANCES) return ok('inotify', found);
  return warn('inotify', found, 'Raise fs.inotify.max_user_instances: each "logs -f" takes one.');
}

async function proc(system: DoctorSystem): Promise<Finding> {
  const mounts = parseMounts(await system.readText('/proc/self/mountinfo'));
  const options = mounts.findLast(({ path, type }) => path === '/proc' && type === 'proc')?.options ?? [];
  const hidden = options.find((option) => /^hidepid=(?!0$|off$)/.test(option));
  if (hidden === undefined) return ok('proc', 'shows every process');
  if (system.uid === 0) return ok('proc', `${hidden}: root sees every process`);
  return warn('proc', `${hidden} hides the processes of containers`, 'Run as root, or mount /proc without hidepid.');
}

async function readNumber(system: DoctorSystem, path: string): Promise<number> {
  return Number(await system.readText(path));
}
