import { constants } from 'node:fs';
import type { FileLane } from '@holdfast/core/plugin';
import { compressedName, rotatedName } from '../rotated-name.js';
import { codeOf } from '../system-error.js';

const PROBE = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** The files that {@link shiftFiles} moves. */
export interface Shift {
  readonly lane: FileLane;
  readonly path: string;
  readonly maxFiles: number;
  /** Called after each file that became the `to`th youngest one; one that was there before is gone. */
  readonly moved: (to: number) => void;
}

/**
 * Frees the name `path`: it becomes `.1`, `.1` becomes `.2` and so on, compressed or not; the oldest of `maxFiles` is lost.
 * Shifts only up to the first free name, so that trying again after an error costs no further file.
 */
export async function shiftFiles({ lane, path, maxFiles, moved }: Shift): Promise<void> {
  // Somebody else renamed or deleted the current file: there is nothing to shift.
  if (!(await exists(lane, path))) return;
  let top = 1;
  while (top < maxFiles - 1 && (await namesOf(lane, path, top)).length > 0) top++;
  for (let n = top; n > 0; n--) {
    const names = await namesOf(lane, path, n - 1);
    if (n === top) await makeWay(lane, { path, n, names });
    for (const name of names) {
      const compressed = name === compressedName(path, n - 1);
      await lane.rename(name, compressed ? compressedName(path, n) : rotatedName(path, n));
    }
    moved(n);
  }
}

/** Names of the `n`th youngest file that exist: one, or both if a crash fell between compressing it and removing it. */
export async function namesOf(lane: FileLane, path: string, n: number): Promise<string[]> {
  const names = n === 0 ? [path] : [rotatedName(path, n), compressedName(path, n)];
  const found: string[] = [];
  for (const name of names) if (await exists(lane, name)) found.push(name);
  return found;
}

/** The oldest file is overwritten, unless it has the other one's name. */
async function makeWay(
  lane: FileLane,
  { path, n, names }: { path: string; n: number; names: string[] },
): Promise<void> {
  const plain = names.includes(rotatedName(path, n - 1));
  const stale = plain ? compressedName(path, n) : rotatedName(path, n);
  if (await exists(lane, stale)) await lane.unlink(stale);
}

async function exists(lane: FileLane, path: string): Promise<boolean> {
  try {
    await lane.close(await lane.open(path, PROBE, 0));
    return true;
  } catch (error) {
    return codeOf(error) !== 'ENOENT';
  }
}
