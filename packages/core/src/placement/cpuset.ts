import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Both with and without the `noprefix` mount option. */
const FILES = [
  ['cpuset.cpus', 'cpus'],
  ['cpuset.mems', 'mems'],
] as const;

/** A new cpuset (v1) has no CPU and no memory, and takes no process: gives it those of its parent. Throws Node's errors. */
export function fillCpuset(directory: string): void {
  for (const names of FILES) {
    const name = names.find((candidate) => read(join(directory, candidate)) !== undefined) ?? names[0];
    if ((read(join(directory, name)) ?? '') !== '') continue;
    writeFileSync(join(directory, name), readFileSync(join(dirname(directory), name), 'utf8').trim());
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}
