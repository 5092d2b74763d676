import { join } from 'node:path';
import { fail, ok, warn, type Check, type Finding } from '../check.js';
import { plural } from '../words.js';
import type { DoctorSystem } from '../system.js';

/** State that can't be read, and what dead processes left half made. */
export const checkStaleState: Check = async (system, { root }) => {
  await system.space(root);
  const located = await system.containers(root);
  const broken = located.flatMap(({ namespace, id, error }) => {
    if (error === undefined) return [];
    return [fail(`container ${namespace}/${id}`, error.message, error.remedy)];
  });
  const left = await leftovers(system, root);
  const findings: Finding[] = [...broken];
  if (left.length > 0) {
    const found = `${plural(left.length, 'container')} half made or half removed by a process that died: ${left[0]}`;
    findings.push(warn('leftovers', found, 'The next shim that starts clears them away.'));
  }
  if (findings.length > 0) return findings;
  return ok(
    'containers',
    located.length === 0 ? 'none' : `${plural(located.length, 'container')}, all of them readable`,
  );
};

async function leftovers(system: DoctorSystem, root: string): Promise<string[]> {
  const found: string[] = [];
  for (const namespace of await system.list(join(root, 'ns'))) {
    for (const name of await system.list(join(root, 'ns', namespace))) {
      const pid = /^\.(?:new|gone)-([0-9]+)-/.exec(name)?.[1];
      const alive = pid !== undefined && (await system.status(`/proc/${pid}`)) !== undefined;
      if (pid !== undefined && !alive) found.push(join(root, 'ns', namespace, name));
    }
  }
  return found;
}
