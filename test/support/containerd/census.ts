import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { cgroupsBelow } from './cgroups.js';
import { processesOfContainerd } from './processes.js';
import { socketsOf } from './sockets.js';

/** What there is of one containerd's containers, a line for each thing. */
export type Census = readonly string[];

export interface Place {
  readonly directory: string;
  readonly namespace: string;
  /** Of holdfast's state. */
  readonly root: string;
  readonly daemon: { readonly pid: number | undefined };
}

/** Processes, mounts, sockets, FIFOs, cgroups, bundles and what runtimes keep: of a containerd without containers it is empty. */
export function censusOf({ directory, namespace, root, daemon }: Place): Census {
  const processes = processesOfContainerd(directory, daemon.pid);
  return [
    ...processes.map(({ pid, command }) => `process ${pid} ${command}`),
    ...mountsBelow(directory).flatMap((path) => (path === root ? [] : [`mount ${path}`])),
    ...socketsOf(processes.map(({ pid }) => pid)).map((path) => `socket ${path}`),
    ...fifosBelow(directory).map((path) => `fifo ${path}`),
    ...cgroupsBelow([namespace, tagOf(root)]).map((path) => `cgroup ${path}`),
    ...bundlesOf(directory).map((path) => `bundle ${path}`),
    ...runcStates(namespace)
      .flatMap(entries)
      .map((path) => `state of runc ${path}`),
  ];
}

/** Waits up to `ms` until nothing is there, or nothing but what was `before`. Returns what is. */
export async function settledCensus(take: () => Census, before: Census = [], ms = 5_000): Promise<Census> {
  const end = Date.now() + ms;
  for (;;) {
    const more = take().filter((line) => !before.includes(line));
    if (more.length === 0 || Date.now() > end) return more;
    await delay(20);
  }
}

/** Fails if there is soon more than `before`: than nothing, if that is left out. */
export async function expectNothingMore(place: Place, before: Census = [], ms = 5_000): Promise<void> {
  const more = await settledCensus(() => censusOf(place), before, ms);
  if (more.length > 0) throw new Error(`there is more than before:\n${more.join('\n')}`);
}

export function mountsBelow(directory: string): string[] {
  const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n');
  return mounts.flatMap((mount) => {
    const path = mount.split(' ')[1] ?? '';
    return path.startsWith(`${directory}/`) ? [path] : [];
  });
}

/** Where containerd's own shim lets runc keep its state: this namespace, and those named after it. */
export function runcStates(namespace: string): string[] {
  return entries('/run/containerd/runc').filter((path) => basename(path).startsWith(namespace));
}

/** What holdfast puts into the names of cgroups of this root. */
function tagOf(root: string): string {
  return `@${createHash('sha256').update(root).digest('hex').slice(0, 8)}`;
}

function bundlesOf(directory: string): string[] {
  const parents = ['state', 'root'].map((name) => join(directory, name, 'io.containerd.runtime.v2.task'));
  return parents.flatMap((parent) => entries(parent).flatMap((namespace) => entries(namespace)));
}

/** Outside of root file systems. */
function fifosBelow(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isFIFO()) return [path];
    return entry.isDirectory() && !['rootfs', 'root'].includes(entry.name) ? listed(() => fifosBelow(path)) : [];
  });
}

function entries(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return listed(() => readdirSync(directory).map((name) => join(directory, name)));
}

/** A directory may go at any moment. */
function listed(list: () => string[]): string[] {
  try {
    return list();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
