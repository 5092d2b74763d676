import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseMounts, type CgroupMount } from '../placement/hierarchies.js';
import type { ContainerCgroups } from './container-cgroups.js';

/** Where `pid` is now; undefined if it is gone, or /proc hides it. */
export function locateCgroups(pid: number): ContainerCgroups | undefined {
  try {
    return parseCgroups(readFileSync(`/proc/${pid}/cgroup`, 'utf8'), readFileSync('/proc/self/mountinfo', 'utf8'));
  } catch {
    return undefined;
  }
}

/** Joins /proc/PID/cgroup of a process and /proc/self/mountinfo. */
export function parseCgroups(cgroups: string, mountinfo: string): ContainerCgroups {
  const mounts = parseMounts(mountinfo);
  const v1: Record<string, string> = {};
  let v2: string | null = null;
  for (const line of cgroups.split('\n')) {
    const [, list, path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    if (list === undefined || path === undefined) continue;
    if (list === '') v2 = directoryOf(path, mounts.filter(isUnified)) ?? null;
    for (const controller of list === '' ? [] : list.split(',')) {
      const directory = directoryOf(
        path,
        mounts.filter((mount) => mount.version === 1 && mount.options.has(controller)),
      );
      if (directory !== undefined) v1[controller] = directory;
    }
  }
  return { v1, v2 };
}

function isUnified({ version }: CgroupMount): boolean {
  return version === 2;
}

/** The mount that shows most of the hierarchy is the one that shows the cgroup, if any does. */
function directoryOf(path: string, mounts: readonly CgroupMount[]): string | undefined {
  // `/..` is outside of our cgroup namespace, and the root is everybody's.
  if (path === '/' || path.split('/').includes('..')) return undefined;
  const fits = ({ root }: CgroupMount): boolean => root === '/' || path === root || path.startsWith(`${root}/`);
  const [mount] = mounts.filter(fits).sort((a, b) => a.root.length - b.root.length);
  if (mount === undefined) return undefined;
  return join(mount.mountPoint, mount.root === '/' ? path : path.slice(mount.root.length));
}
