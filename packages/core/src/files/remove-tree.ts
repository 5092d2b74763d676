import { readdirSync, rmdirSync, unlinkSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Up to so many files are removed in the caller's own thread: another one, woken for each of them, takes longer. */
const FEW = 64;

/** Removes a directory and all that is in it, and follows no symbolic link. Nothing there is no error. */
export async function removeTree(path: string): Promise<void> {
  if (!removeFew(path, FEW)) await rm(path, { recursive: true, force: true });
}

/** False if there is more than `most`, or something that does not go. */
function removeFew(path: string, most: number): boolean {
  try {
    const entries = readdirSync(path, { withFileTypes: true });
    if (entries.length > most) return false;
    for (const entry of entries) {
      const below = join(path, entry.name);
      if (!entry.isDirectory()) unlinkSync(below);
      else if (!removeFew(below, most - entries.length)) return false;
    }
    rmdirSync(path);
    return true;
  } catch {
    // Whoever can say more of it tries again.
    return false;
  }
}
