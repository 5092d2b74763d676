import { readdirSync, rmdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ContainerRef } from '../api/documents.js';
import { unlessCgroupsAreMade } from './cgroup-lock.js';
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

/** Removes the cgroups of namespaces that hold no container any more, and their parent with the last. */
export function sweepContainerCgroups(mountPoints = allMountPoints()): void {
  unlessCgroupsAreMade(() => {
    for (const mountPoint of mountPoints) {
      const parent = join(mountPoint, CONTAINER_PARENT);
      for (const name of directories(parent)) removeEmpty(join(parent, name));
      removeEmpty(parent);
    }
  }, mountPoints[0]);
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
