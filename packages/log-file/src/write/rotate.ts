import { constants } from 'node:fs';
import type { FileLane } from '@holdfast/core/plugin';
import { rotatedName, SUFFIXES, type Suffix } from '../rotated-name.js';
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
  const found: (readonly Suffix[])[] = [['']];
  do found.push(await suffixesOf(lane, path, found.length));
  while (found.length < maxFiles && found.at(-1)!.length > 0);
  const top = found.length - 1;
  for (let n = top; n > 0; n--) {
    const suffixes = found[n - 1]!;
    // The oldest file is overwritten, unless it has another name.
    const stale = n === top ? found[n]!.filter((suffix) => !suffixes.includes(suffix)) : [];
    for (const suffix of stale) await lane.unlink(rotatedName(path, n, suffix));
    for (const suffix of suffixes) await lane.rename(rotatedName(path, n - 1, suffix), rotatedName(path, n, suffix));
    moved(n);
  }
}

/** Ends of the names of the `n`th youngest file that exist: one, or two if a crash fell between compressing it and removing it. */
export async function suffixesOf(lane: FileLane, path: string, n: number): Promise<Suffix[]> {
  const found: Suffix[] = [];
  for (const suffix of n === 0 ? ([''] as const) : SUFFIXES)
    if (await exists(lane, rotatedName(path, n, suffix))) found.push(suffix);
  return found;
}

async function exists(lane: FileLane, path: string): Promise<boolean> {
  try {
    await lane.close(await lane.open(path, PROBE, 0));
    return true;
  } catch (error) {
    return codeOf(error) !== 'ENOENT';
  }
}
