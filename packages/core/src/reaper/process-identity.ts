import { readFileSync } from 'node:fs';

/** A process named so that a reused pid is not mistaken for it. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Field 22 of /proc/PID/stat; 0 if the process was gone before it could be read. */
  readonly startTime: bigint;
  /** /proc/sys/kernel/random/boot_id of the boot it lives in. */
  readonly bootId: string;
}

let cachedBootId: string | undefined;

/** The id of this boot. */
export function bootId(): string {
  cachedBootId ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return cachedBootId;
}

/** Parent, process group and start time of a live process or zombie; undefined if there is none. */
export function readProcess(pid: number): { ppid: number; group: number; startTime: bigint } | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The name in parentheses may hold spaces and parentheses: fields are counted from the last ')'.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ppid = fields[1];
  const group = fields[2];
  const startTime = fields[19];
  if (ppid === undefined || group === undefined || startTime === undefined) return undefined;
  return { ppid: Number(ppid), group: Number(group), startTime: BigInt(startTime) };
}
