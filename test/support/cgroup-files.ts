import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The text of a v1 cgroup file of the process; this repository's tests run on v1 and hybrid hosts. */
export function cgroupFile(pid: number, controller: string, file: string): string {
  return readFileSync(pathOf(pid, controller, file), 'utf8').trim();
}

/** Freezes the cgroup of a process, as a runtime does. */
export function freeze(pid: number): void {
  writeFileSync(pathOf(pid, 'freezer', 'freezer.state'), 'FROZEN');
}

function pathOf(pid: number, controller: string, file: string): string {
  const lines = readFileSync(`/proc/${pid}/cgroup`, 'utf8').split('\n');
  const path = lines.find((line) => line.split(':')[1]?.split(',').includes(controller))?.replace(/^\d+:[^:]*:/, '');
  if (path === undefined) throw new Error(`process ${pid} is in no cgroup of ${controller}`);
  return join('/sys/fs/cgroup', controller, path, file);
}
