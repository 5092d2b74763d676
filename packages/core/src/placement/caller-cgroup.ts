import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ShimError } from '../plugin/shim-error.js';
import { ownHierarchies } from './cgroup-placement.js';
import type { Hierarchy } from './hierarchies.js';

const ALONE = {
  remedy: 'Run it in a unit: a service, or `systemd-run --scope shimctl run --with-unit …`.',
};

/**
 * The cgroup of the unit that a process runs in, as an absolute path below each hierarchy; without systemd, the process's own. Throws
 * SHIM_INVALID_ARGUMENT if it is in none, SHIM_UNSUPPORTED if it can't be reached from here.
 */
export function callerCgroup(pid: number, hierarchies = ownHierarchies()): string {
  const where = `/proc/${pid}/cgroup`;
  const [name, path] = trackedPath(readFileSync(where, 'utf8'));
  if (path === '/') {
    throw new ShimError('SHIM_INVALID_ARGUMENT', '--with-unit: the caller is in no cgroup of its own', {
      where,
      ...ALONE,
    });
  }
  const unit = unitOf(path);
  if (!unit.split('/').includes('..') && isReachable(unit, name, hierarchies)) return unit;
  throw new ShimError('SHIM_UNSUPPORTED', `--with-unit: the caller's cgroup ${unit} is not visible to the shim`, {
    where,
    remedy: 'Run shimctl in the cgroup namespace of the shim.',
  });
}

/** Processes of a unit are counted by the hierarchy named systemd, or by the unified one: controllers may know more, or less. */
export function trackedPath(cgroups: string): [hierarchy: string, path: string] {
  const paths = new Map<string, string>();
  for (const line of cgroups.split('\n')) {
    const match = /^\d+:([^:]*):(\/.*)$/.exec(line);
    if (match !== null) paths.set(match[1] === '' ? 'v2' : (match[1] as string), match[2] as string);
  }
  const tracking = ['name=systemd', 'v2'].flatMap((name) => {
    const path = paths.get(name);
    return path === undefined ? [] : [[name, path] as [string, string]];
  });
  const candidates = tracking.length > 0 ? tracking : [...paths];
  return candidates.find(([, path]) => path !== '/') ?? ['', '/'];
}

/** Up to the last part that is a service or a scope: what delegates to the unit's own processes may lie below. */
export function unitOf(path: string): string {
  return /^(.*\.(?:service|scope))(?:\/|$)/.exec(path)?.[1] ?? path;
}

function isReachable(path: string, name: string, hierarchies: readonly Hierarchy[]): boolean {
  const mountPoints = hierarchies.find((hierarchy) => hierarchy.name === name)?.mountPoints ?? [];
  return mountPoints.some((point) => existsSync(join(point, path, 'cgroup.procs')));
}
