import { closeSync, constants, openSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { ownHierarchies } from './cgroup-placement.js';

/** To sweep takes less than a millisecond or so; whoever holds a lock for longer is not one of us. */
const PATIENCE_MS = 50;
const PAUSE_MS = 5;

/**
 * Runs `make` while no shim removes empty cgroups, neither of this state root nor those that all roots share: a runtime makes a container's parents
 * first, and one of these must not go before the container's own is in it. If somebody keeps a lock, it runs all the same.
 */
export async function whileCgroupsStay<T>(root: string, make: () => Promise<T>, shared = sharedPlace()): Promise<T> {
  const locks = [root, shared].flatMap((path) => open(path) ?? []);
  try {
    for (const lock of locks) await take(lock, false, PATIENCE_MS);
    return await make();
  } finally {
    for (const lock of locks) closeSync(lock);
  }
}

/** Runs `sweep` when nobody makes a container in the place, if that is so within `ms`. */
export async function whenNoCgroupsAreMade(place: string | undefined, ms: number, sweep: () => void): Promise<void> {
  const lock = open(place);
  if (lock === undefined) return;
  try {
    if (await take(lock, true, ms)) sweep();
  } finally {
    closeSync(lock);
  }
}

/** What all state roots have in common: a hierarchy's own directory, which is there for every shim. */
export function sharedPlace(): string | undefined {
  return ownHierarchies()[0]?.mountPoints[0];
}

async function take(lock: number, exclusive: boolean, ms: number): Promise<boolean> {
  // Short commands load this file, and most need no addon.
  const { native } = await import('@holdfast/native');
  for (let waited = 0; !native.flock(lock, exclusive); waited += PAUSE_MS) {
    if (waited >= ms) return false;
    await delay(PAUSE_MS);
  }
  return true;
}

/** The lock is on a directory that is there anyway, and leaves no file behind. */
function open(path: string | undefined): number | undefined {
  if (path === undefined) return undefined;
  try {
    return openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
  } catch {
    return undefined;
  }
}
