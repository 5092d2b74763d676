import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../until.js';
import { killShimd, shimdOf } from '../shim-processes.js';
import type { Containerd } from './containerd.js';

/** The keeper of a containerd's tasks. */
export async function keeperOfTasks({ root }: Containerd): Promise<number> {
  return until('its keeper runs', () => keepers().find(({ command }) => command.includes(join(root, 'groups')))?.pid);
}

/** The keepers of a containerd's tasks by their groups. */
export function keepersByGroup({ root }: Containerd): Map<string, number> {
  const ours = keepers().filter(({ command }) => command.includes(join(root, 'groups')));
  return new Map(ours.map(({ pid, command }) => [/\0--group\0([^\0]*)\0/.exec(command)?.[1] ?? '', pid]));
}

/** SIGKILL for the shimd of a containerd's tasks; resolves when the next one is there. */
export async function killShimdOfTasks(containerd: Containerd): Promise<void> {
  await killShimd(await keeperOfTasks(containerd));
}

/** How many descriptors keeper and shimd have. */
export async function descriptorsOfTasks(containerd: Containerd): Promise<{ keeper: number; shimd: number }> {
  const keeper = await keeperOfTasks(containerd);
  const shimd = await until('shimd runs', () => shimdOf(keeper));
  return { keeper: descriptorsOf(keeper), shimd: descriptorsOf(shimd) };
}

function descriptorsOf(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

function keepers(): { pid: number; command: string }[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.flatMap((name) => {
    const command = read(`/proc/${name}/cmdline`);
    return command.split('\0', 1)[0]?.endsWith('holdfast-keeper') === true ? [{ pid: Number(name), command }] : [];
  });
}

/** It may have ended. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
