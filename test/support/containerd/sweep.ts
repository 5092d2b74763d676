import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mountsBelow, runcStates, type Place } from './census.js';
import { removeCgroups } from './cgroups.js';
import { processesOfContainerd } from './processes.js';
import { socketsOf } from './sockets.js';

/** Ends and unmounts what a test has left, so that the next one finds nothing of it. Returns what it could not. */
export function sweep({ directory, namespace, daemon }: Place): string[] {
  const pids = processesOfContainerd(directory, daemon.pid).map(({ pid }) => pid);
  const sockets = socketsOf(pids);
  for (const pid of pids) kill(pid);
  for (const path of sockets) rmSync(path, { force: true });
  const failures = mountsBelow(directory).reverse().flatMap(unmount);
  removeCgroups([namespace]);
  for (const path of runcStates(namespace)) rmSync(path, { recursive: true, force: true });
  return failures;
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone since.
  }
}

function unmount(path: string): string[] {
  try {
    execFileSync('umount', ['--lazy', path], { stdio: 'pipe' });
    return [];
  } catch (error) {
    return [String(error)];
  }
}
