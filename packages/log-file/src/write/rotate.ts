import { constants } from 'node:fs';
import type { FileLane } from '@holdfast/core/plugin';
import { rotatedName } from '../rotated-name.js';
import { codeOf } from '../system-error.js';

const PROBE = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Frees the name `path`: it becomes `.1`, `.1` becomes `.2` and so on; the oldest of `maxFiles` is lost.
 * Shifts only up to the first free name, so that trying again after an error costs no further file.
 */
export async function shiftFiles(lane: FileLane, path: string, maxFiles: number): Promise<void> {
  // Somebody else renamed or deleted the current file: there is nothing to shift.
  if (!(await exists(lane, path))) return;
  let top = 1;
  while (top < maxFiles - 1 && (await exists(lane, rotatedName(path, top)))) top++;
  for (let n = top; n > 0; n--) await lane.rename(rotatedName(path, n - 1), rotatedName(path, n));
}

async function exists(lane: FileLane, path: string): Promise<boolean> {
  try {
    await lane.close(await lane.open(path, PROBE, 0));
    return true;
  } catch (error) {
    return codeOf(error) !== 'ENOENT';
  }
}
