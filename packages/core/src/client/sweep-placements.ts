import { closeSync } from 'node:fs';
import { placedGroups, removePlacement } from '../placement/index.js';
import type { StateLayout } from '../state/layout.js';
import { takeGroupLock } from './group-lock.js';
import { openDirectory } from './open-below.js';

/** Removes the cgroups that keepers of this root left behind: of every group but `own` whose lock nobody holds. */
export async function sweepPlacements(layout: StateLayout, own: string): Promise<void> {
  for (const group of placedGroups(layout.root)) {
    if (group === own) continue;
    const lock = await lockIfFree(layout, group);
    if (lock === 'held') continue;
    removePlacement({ root: layout.root, group });
    if (lock !== 'none') closeSync(lock);
  }
}

/** A starter makes its cgroup with the lock in hand, so that a lock which can be had guards nothing. */
async function lockIfFree(layout: StateLayout, group: string): Promise<number | 'held' | 'none'> {
  try {
    const directory = openDirectory(layout.group(group));
    try {
      return (await takeGroupLock(directory, false)) ?? 'held';
    } finally {
      closeSync(directory.fd);
    }
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'none' : 'held';
  }
}
