import { readdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ContainerRef } from '../api/documents.js';
import { ownHierarchies } from './cgroup-placement.js';

/** The cgroup of containers whose bundle names none: `/holdfast/NS/ID`. */
export const CONTAINER_PARENT = 'holdfast';

/** Absolute path, below each hierarchy, of the cgroup of such a container. */
export function containerCgroup(ref: ContainerRef): string {
  return `/${CONTAINER_PARENT}/${ref.namespace}/${ref.id}`;
}

/** Removes what a runtime that was killed while it created a container left of its cgroups; rmdir(2) spares one in use. */
export function removeContainerCgroups(ref: ContainerRef, mountPoints = allMountPoints()): void {
  for (const mountPoint of mountPoints) removeEmpty(join(mountPoint, containerCgroup(ref)));
}

/** Removes the cgroups of namespaces that hold no container any more, and their parent with the last. */
export function sweepContainerCgroups(mountPoints = allMountPoints()): void {
  for (const mountPoint of mountPoints) {
    const parent = join(mountPoint, CONTAINER_PARENT);
    for (const name of directories(parent)) removeEmpty(join(parent, name));
    removeEmpty(parent);
  }
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
