import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { fillCpuset } from './cpuset.js';
import { parseHierarchies, type Hierarchy } from './hierarchies.js';
import { placedGroup, placementName, PLACEMENT_PARENT } from './placement-name.js';

/** A group of one root directory. */
export interface PlacedGroup {
  /** Absolute. */
  readonly root: string;
  readonly group: string;
}

/** Where the keeper is to put itself. */
export interface Placement {
  /** `cgroup.procs` files, one a hierarchy. */
  readonly procsFiles: readonly string[];
  /** Hierarchies in which it has to stay with its starter, and why. */
  readonly failures: readonly { readonly hierarchy: string; readonly reason: string }[];
}

/**
 * Makes the group's cgroup in every hierarchy (v1, named, v2 or both), outside the caller's: whoever kills that must not
 * kill the keeper. Best effort; the group's lock must be held, or `removePlacement` may undo it.
 */
export function makePlacement(placed: PlacedGroup, hierarchies = ownHierarchies()): Placement {
  const procsFiles: string[] = [];
  const failures: { hierarchy: string; reason: string }[] = [];
  for (const hierarchy of hierarchies) {
    try {
      procsFiles.push(join(makeCgroup(hierarchy, placed), 'cgroup.procs'));
    } catch (error) {
      failures.push({ hierarchy: hierarchy.name, reason: (error as Error).message });
    }
  }
  return { procsFiles, failures };
}

/** Removes the group's cgroups as far as they are empty: rmdir(2) spares one that holds a process. */
export function removePlacement(placed: PlacedGroup, hierarchies = ownHierarchies()): void {
  for (const parent of parents(hierarchies)) {
    attempt(() => rmdirSync(join(parent, placementName(placed.root, placed.group))));
    attempt(() => rmdirSync(parent));
  }
}

/** Groups of `root` that have a cgroup, whether or not a keeper is in it. */
export function placedGroups(root: string, hierarchies = ownHierarchies()): string[] {
  const names = parents(hierarchies).flatMap((parent) => attempt(() => readdirSync(parent)) ?? []);
  return [...new Set(names.flatMap((name) => placedGroup(root, name) ?? []))];
}

/** The hierarchies of this process; none where /proc tells nothing. */
export function ownHierarchies(): Hierarchy[] {
  const read = (name: string): string => attempt(() => readFileSync(`/proc/self/${name}`, 'utf8')) ?? '';
  return parseHierarchies(read('cgroup'), read('mountinfo'));
}

function makeCgroup(hierarchy: Hierarchy, { root, group }: PlacedGroup): string {
  let reason: unknown = new Error('it is not mounted');
  for (const mountPoint of hierarchy.mountPoints) {
    const parent = join(mountPoint, PLACEMENT_PARENT);
    // Whoever removes the last other group's cgroup removes the parent too, perhaps just now.
    for (let tries = 0; tries < 5; tries += 1) {
      try {
        makeLevel(parent, hierarchy);
        return makeLevel(join(parent, placementName(root, group)), hierarchy);
      } catch (error) {
        reason = error;
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') break;
      }
    }
  }
  throw reason;
}

function makeLevel(directory: string, hierarchy: Hierarchy): string {
  try {
    mkdirSync(directory, 0o755);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  if (!existsSync(join(directory, 'cgroup.procs'))) {
    attempt(() => rmdirSync(directory));
    throw new Error(`${directory} is no cgroup: another mount hides the hierarchy`);
  }
  if (hierarchy.version === 1 && hierarchy.controllers.includes('cpuset')) fillCpuset(directory);
  return directory;
}

function parents(hierarchies: readonly Hierarchy[]): string[] {
  return hierarchies.flatMap(({ mountPoints }) => mountPoints.map((point) => join(point, PLACEMENT_PARENT)));
}

function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}
