import { readFileSync } from 'node:fs';

/**
 * True of a process that was killed while a thread of it waits for a disk: its first thread is a zombie, it runs nothing any more, and
 * what it has open and locked stays so until that disk answers.
 */
export function isDying(pid: number): boolean {
  try {
    return /^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'));
  } catch {
    return false;
  }
}
