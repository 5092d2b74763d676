import { readFile } from 'node:fs/promises';
import type { ProcessDocument } from '../api/documents.js';
import { parseProcess } from './parse-process.js';

/** More processes than anybody reads; a fork bomb is told by `stats`. */
const MOST = 4096;
/** Reads at a time: libuv has four threads for all files. */
const AT_ONCE = 2;

/**
 * What /proc tells of the processes; those that have ended meanwhile are left out. Only files that the kernel answers by
 * itself are read: a process can make whoever reads its command line wait for ever.
 */
export async function listProcesses(pids: readonly number[]): Promise<ProcessDocument[]> {
  const uptimeMs = Number((await readFile('/proc/uptime', 'utf8')).split(' ')[0]) * 1000;
  const wanted = pids.slice(0, MOST);
  const found: ProcessDocument[] = [];
  for (let at = 0; at < wanted.length; at += AT_ONCE) {
    const some = await Promise.all(wanted.slice(at, at + AT_ONCE).map((pid) => readOne(pid, uptimeMs)));
    found.push(...some.filter((process) => process !== undefined));
  }
  return found;
}

async function readOne(pid: number, uptimeMs: number): Promise<ProcessDocument | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    return parseProcess({ pid, stat, status: await readFile(`/proc/${pid}/status`, 'utf8'), uptimeMs });
  } catch {
    return undefined;
  }
}
