import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from './until.js';
import type { Workbench } from './workbench.js';

/** One start of shimd, as its log tells. */
export interface ShimdStart {
  readonly pid: number;
  /** How often the keeper had started it before. */
  readonly restarts: number;
}

/** The shimds that have served the workbench's containers, in order. */
export function shimdStarts(bench: Workbench): ShimdStart[] {
  const log = readFileSync(join(bench.root, 'groups', 'default', 'shimd.log'), 'utf8');
  const lines = log.split('\n').filter((line) => line.includes('"msg":"serving"'));
  return lines.map((line) => JSON.parse(line) as ShimdStart);
}

/** The keeper of the workbench's containers. */
export async function keeperOf(bench: Workbench, id: string): Promise<number> {
  return (await bench.inspect(id)).shim.keeperPid;
}

/** Live and dead children of a process. */
export function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((task) => {
    const children = readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').trim();
    return children === '' ? [] : children.split(' ').map(Number);
  });
}

/** The running shimd of a keeper; undefined while it has none. */
export function shimdOf(keeper: number): number | undefined {
  // Keepers of other groups may be its children, and name shimd too.
  const isShimd = (command: string): boolean =>
    command.includes('shimd') && command.split('\0')[0]?.endsWith('holdfast-keeper') !== true;
  return childrenOf(keeper).find((pid) => stateOf(pid) !== 'Z' && isShimd(commandLine(pid)));
}

/** Kills shimd; resolves with the pid of the next one. */
export async function killShimd(keeper: number): Promise<number> {
  const pid = await until('a shimd runs', () => shimdOf(keeper));
  process.kill(pid, 'SIGKILL');
  return until('the keeper brings shimd back', () => {
    const next = shimdOf(keeper);
    return next === pid ? undefined : next;
  });
}

/** Runs `deed` while no shimd is alive: the keeper is stopped meanwhile and can't start one. */
export async function withoutShimd(keeper: number, deed: () => Promise<void>): Promise<void> {
  const pid = await until('a shimd runs', () => shimdOf(keeper));
  process.kill(keeper, 'SIGSTOP');
  try {
    process.kill(pid, 'SIGKILL');
    await until('shimd is dead', () => stateOf(pid) === 'Z');
    await deed();
  } finally {
    process.kill(keeper, 'SIGCONT');
  }
}

/** The letter in /proc/PID/stat; undefined if there is no such process. */
export function stateOf(pid: number): string | undefined {
  return statField(pid, 0);
}

/** The session that a process belongs to; undefined if there is no such process. */
export function sessionOf(pid: number): number | undefined {
  const session = statField(pid, 3);
  return session === undefined ? undefined : Number(session);
}

/** `index` counts from the field after the name, which is the state. */
function statField(pid: number, index: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[index];
  } catch {
    return undefined;
  }
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
