import { closeSync, constants, openSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { native } from '@holdfast/native';
import { ownHierarchies } from './cgroup-placement.js';

/** Sweeping takes less than a millisecond or so; whoever holds the lock for longer is not one of us. */
const PATIENCE_MS = 50;

/**
 * Runs `make` while no shim, of any group or state root, removes empty cgroups: a runtime makes a container's parents first, and one of
 * these must not go before the container's own is in it. Without cgroups, or if somebody keeps the lock, it runs all the same.
 */
export async function whileCgroupsStay<T>(make: () => Promise<T>, mountPoint = firstMountPoint()): Promise<T> {
  const fd = open(mountPoint);
  if (fd === undefined) return make();
  try {
    for (let waited = 0; !native.flock(fd, false) && waited < PATIENCE_MS; waited += 1) await delay(1);
    return await make();
  } finally {
    closeSync(fd);
  }
}

/** Runs `sweep` unless somebody makes a container just now: whoever is the last to leave sweeps. */
export function unlessCgroupsAreMade(sweep: () => void, mountPoint = firstMountPoint()): void {
  const fd = open(mountPoint);
  if (fd === undefined) return;
  try {
    if (native.flock(fd, true)) sweep();
  } finally {
    closeSync(fd);
  }
}

function firstMountPoint(): string | undefined {
  return ownHierarchies()[0]?.mountPoints[0];
}

/** The lock is on the hierarchy's own directory: it is there for every shim, and leaves no file behind. */
function open(mountPoint: string | undefined): number | undefined {
  if (mountPoint === undefined) return undefined;
  try {
    return openSync(mountPoint, constants.O_RDONLY | constants.O_DIRECTORY);
  } catch {
    return undefined;
  }
}
