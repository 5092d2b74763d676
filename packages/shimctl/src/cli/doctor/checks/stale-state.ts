import { isLoop, type LocatedContainer } from '@holdfast/core/client';
import { join } from 'node:path';
import { fail, ok, warn, type Check, type Finding } from '../check.js';
import { plural } from '../words.js';
import type { DoctorSystem, ShimAnswer } from '../system.js';

/** State that can't be read, and what dead processes left half made. */
export const checkStaleState: Check = async (system, { root }) => {
  await system.space(root);
  const located = await system.containers(root);
  const broken = located.flatMap(({ namespace, id, error }) => {
    if (error === undefined) return [];
    return [fail(`container ${namespace}/${id}`, error.message, error.remedy)];
  });
  const untaken = await untakenOf(system, root, located);
  const left = await leftovers(system, root);
  const findings: Finding[] = [...broken];
  if (untaken.length > 0) {
    const found = `${untaken.length} of ${plural(located.length, 'container')} can't be taken up by the shim: ${untaken.join(', ')}`;
    findings.push(warn('containers', found, '`shimctl recover` has it looked at again, and says why.'));
  }
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

/** Those that shims which run know and can't manage, though their directories tell nothing of it. */
async function untakenOf(
  system: DoctorSystem,
  root: string,
  located: readonly LocatedContainer[],
): Promise<readonly string[]> {
  const groups = new Set(located.flatMap(({ group }) => group ?? []));
  const documents = await Promise.all([...groups].map((group) => listOf(system, root, group)));
  const sound = new Set(located.filter(({ error }) => error === undefined).map(nameOf));
  const unknown = documents.flat().filter(({ status }) => status === 'unknown');
  return unknown.map(nameOf).filter((name) => sound.has(name));
}

/** Nothing if no shim answers: that is told elsewhere. */
async function listOf(system: DoctorSystem, root: string, group: string): Promise<ShimAnswer['containers']> {
  const crashes = await system.crashes(root, group);
  if (crashes !== undefined && isLoop(crashes)) return [];
  const answer = await system.askShim(root, group).catch(() => undefined);
  return answer?.containers ?? [];
}

function nameOf({ namespace, id }: { readonly namespace: string; readonly id: string }): string {
  return `${namespace}/${id}`;
}

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
