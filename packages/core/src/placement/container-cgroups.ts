import { readdirSync, rmdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ContainerRef } from '../api/documents.js';
import { sharedPlace, whenNoCgroupsAreMade } from './cgroup-lock.js';
import { ownHierarchies } from './cgroup-placement.js';
import { rootTag } from './placement-name.js';

/** Above the cgroups of containers whose bundle names none. */
export const CONTAINER_PARENT = 'holdfast';
/** The state root that is used unless another is chosen. */
const DEFAULT_ROOT = '/run/holdfast';

/** Absolute path, below each hierarchy, of the cgroup of such a container: `/holdfast/NS/ID`. */
export function containerCgroup(ref: ContainerRef, root = DEFAULT_ROOT): string {
  return `/${CONTAINER_PARENT}/${cgroupNamespace(ref.namespace, root, '@')}/${ref.id}`;
}

/**
 * A namespace's name among cgroups. Containers of two state roots must not share one: to freeze, limit or kill one would do it to the
 * other.
 */
export function cgroupNamespace(namespace: string, root: string, separator: string): string {
  return root === DEFAULT_ROOT ? namespace : `${namespace}${separator}${rootTag(root)}`;
}

/** Removes what a runtime that was killed while it created a container left of its cgroups; rmdir(2) spares one in use. */
export function removeContainerCgroups(ref: ContainerRef, root: string, mountPoints = allMountPoints()): void {
  for (const mountPoint of mountPoints) removeEmpty(join(mountPoint, containerCgroup(ref, root)));
}

/**
 * Removes what is left of a container's cgroup below its unit's, and the unit's own where only the runtime made it: under v1
 * it makes a container's cgroup in every hierarchy, systemd a unit's in a few. rmdir(2) spares those in use.
 */
export function removeUnitCgroup(cgroup: string, mountPoints = allMountPoints()): void {
  for (const mountPoint of mountPoints) {
    removeEmpty(join(mountPoint, cgroup));
    removeEmpty(join(mountPoint, dirname(cgroup)));
  }
}

/** How long others may take to make their containers. */
const SWEEP_MS = 2_000;

/** Removes the cgroups of this root's namespaces that hold no container any more, and their parent with the last of all roots. */
export async function sweepContainerCgroups(
  root: string,
  mountPoints = allMountPoints(),
  shared = sharedPlace(),
): Promise<void> {
  const parents = mountPoints.map((mountPoint) => join(mountPoint, CONTAINER_PARENT));
  await whenNoCgroupsAreMade(root, SWEEP_MS, () => {
    for (const parent of parents)
      for (const name of directories(parent)) if (isOfRoot(name, root)) removeEmpty(join(parent, name));
  });
  // Of another root somebody nearly always makes one, and the last to leave removes it.
  await whenNoCgroupsAreMade(shared, 0, () => parents.forEach(removeEmpty));
}

/** A namespace of the usual root has no tag. */
function isOfRoot(name: string, root: string): boolean {
  return root === DEFAULT_ROOT ? !name.includes('@') : name.endsWith(`@${rootTag(root)}`);
}

function allMountPoints(): string[] {
  return ownHierarchies().flatMap(({ mountPoints }) => mountPoints);
}

function directories(path: string): string[] {
  try {
    return readdirSync(path, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
  } catch {
    return [];
  }
}

/** Not there, in use or hidden by a later mount: then it is not ours to remove. */
function removeEmpty(path: string): void {
  try {
    rmdirSync(path);
  } catch {
    return;
  }
}
