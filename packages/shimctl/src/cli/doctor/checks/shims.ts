import { describeCrashes, isLoop, type Crashes, type LocatedContainer } from '@holdfast/core/client';
import { join } from 'node:path';
import { fail, ok, warn, type Check, type Finding } from '../check.js';
import { plural } from '../words.js';
import type { DoctorSystem, ShimAnswer } from '../system.js';

/** A shim that had to be started so often is in trouble. */
const MANY_RESTARTS = 3;
const MOST_NAMED = 5;

/** Every group of the state root: its shim, if one runs, and the containers that nobody watches. */
export const checkShims: Check = async (system, { root }) => {
  await system.space(root);
  const located = await system.containers(root);
  const present = new Set(await system.list(join(root, 'groups')));
  for (const { group } of located) if (group !== undefined) present.add(group);
  const findings = await Promise.all(
    [...present].sort().map((group) => examineGroup(system, { root, group, located })),
  );
  const flat = findings.flat();
  return flat.length > 0 ? flat : ok('shims', 'none runs, and none is needed');
};

interface Group {
  readonly root: string;
  readonly group: string;
  readonly located: readonly LocatedContainer[];
}

async function examineGroup(system: DoctorSystem, { root, group, located }: Group): Promise<Finding[]> {
  const name = `shim ${group}`;
  const crashes = await system.crashes(root, group);
  if (crashes !== undefined && isLoop(crashes)) return [looping(name, crashes, join(root, 'groups', group))];
  let answer: ShimAnswer | undefined;
  try {
    answer = await system.askShim(root, group);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [fail(name, `does not answer: ${reason}`, `Look into ${join(root, 'groups', group, 'shimd.log')}.`)];
  }
  if (answer !== undefined) return [running(system, name, { ...answer, crashes }), ...brokenOnes(answer, located)];
  const own = located.filter((container) => container.group === group);
  if (own.length === 0) return [];
  const ids = own.slice(0, MOST_NAMED).map(({ id }) => id);
  const names = own.length > MOST_NAMED ? `${ids.join(', ')}, …` : ids.join(', ');
  const found = `its keeper is gone, and nobody watches ${plural(own.length, 'container')}: ${names}`;
  return [warn(name, found, 'Any command on one of them starts the shim again, such as "shimctl list".')];
}

function looping(name: string, crashes: Crashes, directory: string): Finding {
  const remedy = `Its log says why: ${directory}/shimd.log. The keeper goes on trying; \`shimctl recover\` tries at once.`;
  return fail(name, `is in a crash loop: it has died ${describeCrashes(crashes)}`, remedy);
}

function running(
  system: DoctorSystem,
  name: string,
  { version, containers, crashes }: ShimAnswer & { readonly crashes: Crashes | undefined },
): Finding {
  const { shim, replacements = 0 } = version;
  const restarts = (version.restarts ?? 0) - replacements;
  const found = `version ${version.version}, pid ${shim.pid}, ${plural(containers.length, 'container')}`;
  if (crashes !== undefined && crashes.deaths >= MANY_RESTARTS) {
    const died = `${found}; it died ${describeCrashes(crashes)}`;
    return warn(name, died, `Its log says why: groups/${shim.group}/shimd.log.`);
  }
  if (restarts >= MANY_RESTARTS) {
    return warn(name, `${found}; it died ${restarts} times`, `Its log says why: groups/${shim.group}/shimd.log.`);
  }
  if (version.version === system.version) {
    return ok(name, restarts === 0 ? found : `${found}, started again ${plural(restarts, 'time')}`);
  }
  const remedy =
    '`shimctl upgrade` replaces it, and no container notices; by itself it stays until its last container is deleted.';
  return warn(name, `${found}; installed is ${system.version}`, remedy);
}

/** Containers that the shim can't manage, and those in trouble with their logs; what the directories tell is told elsewhere. */
function brokenOnes({ containers }: ShimAnswer, located: readonly LocatedContainer[]): Finding[] {
  const told = new Set(
    located.filter(({ error }) => error !== undefined).map(({ namespace, id }) => `${namespace}/${id}`),
  );
  return containers.flatMap(({ namespace, id, status, error }) => {
    const name = `container ${namespace}/${id}`;
    if (error === null || told.has(`${namespace}/${id}`)) return [];
    return [status === 'unknown' ? fail(name, error.message, error.remedy) : warn(name, error.message, error.remedy)];
  });
}
