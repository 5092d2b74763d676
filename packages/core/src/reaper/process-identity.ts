import { readFileSync, readlinkSync } from 'node:fs';

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

/** A live process or a zombie. */
export interface FoundProcess {
  readonly ppid: number;
  readonly group: number;
  readonly startTime: bigint;
  /** Of a zombie, as waitpid(2) will give it; undefined of one that lives, and where we may not know it. */
  readonly waitStatus: number | undefined;
}

/** Undefined if there is none. */
export function readProcess(pid: number): FoundProcess | undefined {
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
  const waitStatus = fields[0] === 'Z' && mayTrace(pid) ? Number(fields[49]) : undefined;
  return { ppid: Number(ppid), group: Number(group), startTime: BigInt(startTime), waitStatus };
}

/** Whom the kernel does not let trace a process it shows 0 for its status. The link of a zombie leads nowhere, for who may. */
function mayTrace(pid: number): boolean {
  try {
    readlinkSync(`/proc/${pid}/exe`);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}
