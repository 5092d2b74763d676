import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Live and dead children of a process; none if it has gone. */
export function childrenOf(pid) {
  return list(`/proc/${pid}/task`).flatMap((task) => {
    const children = read(`/proc/${pid}/task/${task}/children`).trim();
    return children === '' ? [] : children.split(' ').map(Number);
  });
}

/** The letter in /proc/PID/stat; undefined if there is no such process. */
export function stateOf(pid) {
  const stat = read(`/proc/${pid}/stat`);
  return stat === '' ? undefined : stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
}

/** True while it runs: a zombie does not. */
export function runs(pid) {
  const state = stateOf(pid);
  return state !== undefined && state !== 'Z' && state !== 'X';
}

export function argumentsOf(pid) {
  return read(`/proc/${pid}/cmdline`).split('\0').slice(0, -1);
}

/** Names the pid namespace that a process is in; empty if there is no such process. */
export function pidNamespaceOf(pid) {
  return linkOf(`/proc/${pid}/ns/pid`);
}

/** The running shimd of a keeper; undefined while it has none. */
export function shimdOf(keeper) {
  return childrenOf(keeper).find((pid) => runs(pid) && argumentsOf(pid).some((word) => /shimd[^/]*\.cjs$/.test(word)));
}

/** Open descriptors (and what they lead to) and resident memory (MiB) of a process. */
export function usageOf(pid) {
  const kib = Number(/^VmRSS:\s+([0-9]+)/m.exec(read(`/proc/${pid}/status`))?.[1]);
  const links = list(`/proc/${pid}/fd`).map((fd) => linkOf(`/proc/${pid}/fd/${fd}`));
  return { pid, descriptors: links.length, memory: kib / 1024, links: links.sort() };
}

/** True while a process has the stdio of an exec session open. */
export function holdsExecs(pid) {
  return usageOf(pid).links.some((link) => /\/exec\/[^/]+\/(stdin|stdout|stderr)$/.test(link));
}

/** The process may have ended. */
function list(path) {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function linkOf(path) {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
