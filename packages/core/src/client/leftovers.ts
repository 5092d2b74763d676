import { closeSync, lstatSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { listGroups, openStateDirectory } from '../events/group-directory.js';
import { placedGroups, removePlacement } from '../placement/index.js';
import { sweepContainerCgroups } from '../placement/container-cgroups.js';
import type { StateLayout } from '../state/layout.js';
import { takeGroupLock } from './group-lock.js';
import { locateContainers } from './locate.js';
import { withDirectory, type OpenDirectory } from './open-below.js';
import { listens } from './reach.js';

/** Something in the state directory, or a cgroup, that belongs to nobody. */
export interface Leftover {
  readonly kind: 'group' | 'socket' | 'cgroup';
  /** Path, or name of the cgroup's group. */
  readonly where: string;
}

/** A socket that is younger may be one that is just being made. */
const YOUNG_MS = 10_000;

type Deed = (leftover: Leftover, remove: () => void) => void;

/** What is nobody's: `groups` are those that have containers. */
export function findLeftovers(layout: StateLayout, groups: ReadonlySet<string>): Promise<Leftover[]> {
  return look(layout, groups, () => undefined);
}

/** Removes what is nobody's, and tells what it was. A group is removed with its lock in hand, so that no keeper starts in it. */
export async function clearLeftovers(layout: StateLayout, groups: ReadonlySet<string>): Promise<Leftover[]> {
  await sweepContainerCgroups(layout.root);
  return look(layout, groups, (_leftover, remove) => remove());
}

async function look(layout: StateLayout, used: ReadonlySet<string>, deed: Deed): Promise<Leftover[]> {
  const found: Leftover[] = [];
  const meet = (leftover: Leftover, remove: () => void): void => {
    deed(leftover, remove);
    found.push(leftover);
  };
  const held = new Set<string>();
  for (const group of listGroups(layout)) {
    if (!used.has(group) && !(await meetGroup(layout, group, meet))) held.add(group);
  }
  for (const group of placedGroups(layout.root)) {
    if (used.has(group) || held.has(group)) continue;
    meet({ kind: 'cgroup', where: group }, () => removePlacement({ root: layout.root, group }));
  }
  await meetSockets(layout, meet);
  await meetLaunchSockets(layout, meet);
  return found;
}

/** Removes what a group without containers has left; false if it has some, or somebody holds its lock. */
export async function clearGroup(layout: StateLayout, group: string): Promise<boolean> {
  let cleared = true;
  const free = await meetGroup(layout, group, (_leftover, remove) => {
    cleared = !locateContainers(layout).some((container) => container.group === group);
    if (cleared) remove();
  });
  return free && cleared;
}

/** False if somebody holds the group's lock. */
async function meetGroup(layout: StateLayout, group: string, meet: Deed): Promise<boolean> {
  const directory = openStateDirectory(layout, layout.group(group));
  if (directory === undefined) return true;
  try {
    const lock = await lockOf(directory);
    if (lock === undefined) return false;
    try {
      meet({ kind: 'group', where: directory.path }, () => removeGroup(layout, group, directory));
    } finally {
      if (lock !== 'none') closeSync(lock);
    }
    return true;
  } finally {
    closeSync(directory.fd);
  }
}

async function lockOf(directory: OpenDirectory): Promise<number | 'none' | undefined> {
  try {
    return await takeGroupLock(directory, false);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'none';
    throw error;
  }
}

/** The lock goes last: whoever waits for it finds it gone and begins anew; the directory stays if somebody was faster. */
function removeGroup(layout: StateLayout, group: string, { fd }: OpenDirectory): void {
  const lock = basename(layout.groupLock(group));
  const place = `/proc/self/fd/${fd}`;
  for (const name of readdirSync(place)) {
    if (name !== lock) rmSync(join(place, name), { recursive: true, force: true });
  }
  rmSync(layout.apiSocket(group), { force: true });
  rmSync(join(place, lock), { force: true });
  try {
    rmdirSync(layout.group(group));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOTEMPTY' && code !== 'ENOENT') throw error;
  }
}

/** Sockets that no group of ours can have, and that nobody listens on. */
async function meetSockets(layout: StateLayout, meet: Deed): Promise<void> {
  for (const path of pathsBelow(layout, layout.sockets)) {
    if (await listens(path)) continue;
    // Looked up after the try: a keeper makes its group's directory before its socket.
    if (listGroups(layout).some((group) => layout.apiSocket(group) === path)) continue;
    meet({ kind: 'socket', where: path }, () => rmSync(path, { force: true }));
  }
}

/** Those of keepers that were killed. Nothing tells whose they are, but a keeper listens as soon as it has made its own. */
async function meetLaunchSockets(layout: StateLayout, meet: Deed): Promise<void> {
  for (const path of pathsBelow(layout, layout.launchSockets)) {
    const made = lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity;
    if (Date.now() - made < YOUNG_MS || (await listens(path))) continue;
    meet({ kind: 'socket', where: path }, () => rmSync(path, { force: true }));
  }
}

function pathsBelow(layout: StateLayout, path: string): string[] {
  const directory = openStateDirectory(layout, path);
  if (directory === undefined) return [];
  return withDirectory(directory, ({ fd }) => readdirSync(`/proc/self/fd/${fd}`)).map((name) => join(path, name));
}
