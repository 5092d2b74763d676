import { readdirSync, readlinkSync } from 'node:fs';

/** Paths of this process's open files below a directory: the test runner's own descriptors come and go. */
export function openBelow(directory: string): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${fd}`);
      return path.startsWith(directory) ? [path] : [];
    } catch {
      return [];
    }
  });
}
