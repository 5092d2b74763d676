import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { until } from './until.js';

/** Pids whose parent is `pid`, zombies too. */
export function childrenOf(pid: number): number[] {
  const isChild = (name: string): boolean => {
    try {
      return new RegExp(`^PPid:\\t${pid}$`, 'm').test(readFileSync(`/proc/${name}/status`, 'utf8'));
    } catch {
      return false; // it has gone since
    }
  };
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && isChild(name))
    .map(Number);
}

/** What each descriptor of a process is, by number. */
export function descriptorsOf(pid: number): Record<string, string> {
  const directory = `/proc/${pid}/fd`;
  return Object.fromEntries(
    readdirSync(directory).flatMap((fd) => {
      const link = linkOf(`${directory}/${fd}`);
      return link === undefined ? [] : [[fd, link]];
    }),
  );
}

/** The most memory that a process has had, in KiB. */
export function peakMemoryOf(pid: number): number {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? NaN);
}

/** Clock ticks of CPU time that a process has used. */
function cpuTicksOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

/** When the process has nothing to do for a while; fails if that never comes. */
export async function idle(pid: number): Promise<void> {
  let [ticks, since] = [cpuTicksOf(pid), Date.now()];
  await until(() => {
    const now = cpuTicksOf(pid);
    if (now - ticks > 2) [ticks, since] = [now, Date.now()];
    return Date.now() - since > 200;
  });
}

/** Undefined: it was closed since it was listed. */
function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return undefined;
  }
}
