import type { ProcessDocument } from '../api/documents.js';

/** USER_HZ, which is 100 on every architecture that Node runs on. */
const TICK_MS = 10;

/** What the kernel says of one process. */
export interface ProcessFiles {
  readonly pid: number;
  /** Text of /proc/PID/stat and /proc/PID/status. */
  readonly stat: string;
  readonly status: string;
  /** Milliseconds since boot. */
  readonly uptimeMs: number;
}

/** Undefined if the texts are not what they should be. */
export function parseProcess({ pid, stat, status, uptimeMs }: ProcessFiles): ProcessDocument | undefined {
  // The name in parentheses may hold spaces, parentheses and newlines: fields are counted from the last ')'.
  const end = stat.lastIndexOf(')');
  const fields = stat.slice(end + 2).split(' ');
  const [state, ppid] = fields;
  if (end < 0 || state === undefined || ppid === undefined || fields.length < 22) return undefined;
  const field = (number: number): number => Number(fields[number - 3]);
  return {
    pid,
    containerPid: lastNumber(status, 'NSpid') ?? pid,
    ppid: Number(ppid),
    uid: Number(/^Uid:\s*\d+\s+(\d+)/m.exec(status)?.[1] ?? 0),
    state,
    cpuMs: (field(14) + field(15)) * TICK_MS,
    elapsedMs: Math.max(0, Math.round(uptimeMs - field(22) * TICK_MS)),
    residentBytes: (firstNumber(status, 'VmRSS') ?? 0) * 1024,
    name: stat.slice(stat.indexOf('(') + 1, end),
  };
}

function firstNumber(status: string, key: string): number | undefined {
  const digits = new RegExp(`^${key}:\\s*(\\d+)`, 'm').exec(status)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

function lastNumber(status: string, key: string): number | undefined {
  const digits = new RegExp(`^${key}:.*\\s(\\d+)$`, 'm').exec(status)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
