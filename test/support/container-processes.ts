import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The host's pid of a process that has the pid `inner` in the pid namespace of the process `init`. */
export function hostPid(init: number, inner: number): number | undefined {
  const namespace = namespaceOf(init);
  return allPids().find((pid) => namespaceOf(pid) === namespace && innerPid(pid) === inner);
}

/** Every process that was started with `NAME=value` in its environment, zombies excepted. */
export function processesWith(variable: string): number[] {
  return allPids().filter((pid) => read(`/proc/${pid}/environ`).split('\0').includes(variable));
}

/** The pids of all processes. */
export function allPids(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^[0-9]+$/.test(name))
    .map(Number);
}

function innerPid(pid: number): number {
  return Number(/^NSpid:.*\s([0-9]+)$/m.exec(read(`/proc/${pid}/status`))?.[1]);
}

function namespaceOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return undefined;
  }
}

/** The process may have ended. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
