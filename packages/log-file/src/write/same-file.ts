import { constants } from 'node:fs';
import type { FileLane, LaneStat } from '@holdfast/core/plugin';
import { codeOf } from '../system-error.js';

const PROBE = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** True if the name `path` leads to the open file `fd`. */
export async function leadsTo(lane: FileLane, path: string, fd: number): Promise<boolean> {
  const named = await statOf(lane, path);
  const { dev, ino } = await lane.stat(fd);
  return named?.dev === dev && named.ino === ino;
}

/** Undefined if there is nothing, or what nobody opens. */
async function statOf(lane: FileLane, path: string): Promise<LaneStat | undefined> {
  try {
    const fd = await lane.open(path, PROBE, 0);
    return await lane.stat(fd).finally(() => lane.close(fd));
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO'].includes(codeOf(error) ?? '')) return undefined;
    throw error;
  }
}
