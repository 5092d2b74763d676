import { constants } from 'node:fs';
import { lstat, open, type FileHandle } from 'node:fs/promises';
import { ShimError } from '@holdfast/core/plugin';
import { rotatedName } from '../rotated-name.js';
import { codeOf, messageOf } from '../system-error.js';

const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** A file of the log, open for reading: it keeps its contents also when it is rotated away. */
export interface Source {
  readonly handle: FileHandle;
  readonly path: string;
  readonly dev: bigint;
  readonly ino: bigint;
  /** When it was opened. */
  readonly size: number;
  readonly modifiedNs: bigint;
}

/** Undefined if there is no such file. Rejects with SHIM_LOG_READ. */
export async function openSource(path: string): Promise<Source | undefined> {
  let handle: FileHandle;
  try {
    handle = await open(path, FLAGS);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw readError(path, messageOf(error), error);
  }
  const stat = await handle.stat({ bigint: true });
  if (stat.isFile()) {
    return { handle, path, dev: stat.dev, ino: stat.ino, size: Number(stat.size), modifiedNs: stat.mtimeNs };
  }
  await handle.close();
  throw readError(path, 'not a regular file');
}

/**
 * Opens the files of the log that are younger than `than` (all if undefined), oldest first.
 *
 * The youngest is opened first: rotation moves a file to a higher number only, so one that moves meanwhile is met
 * twice and never missed. `complete` is false if `than` was not met.
 */
export async function openSources(
  path: string,
  maxFiles: number,
  than?: Source,
): Promise<{ sources: Source[]; complete: boolean }> {
  const sources: Source[] = [];
  try {
    for (let n = 0; n < maxFiles; n++) {
      const source = await openSource(rotatedName(path, n));
      if (source === undefined) continue;
      if (than !== undefined && isSame(source, than)) {
        await source.handle.close();
        return { sources: sources.reverse(), complete: true };
      }
      if (sources.some((other) => isSame(source, other))) await source.handle.close();
      else sources.push(source);
    }
  } catch (error) {
    await closeSources(sources);
    throw error;
  }
  return { sources: sources.reverse(), complete: than === undefined };
}

/** True if `path` names the open file `source`, or nothing. */
export async function leadsTo(path: string, source: Source): Promise<boolean> {
  try {
    return isSame(await lstat(path, { bigint: true }), source);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return true;
    throw readError(path, messageOf(error), error);
  }
}

export async function closeSources(sources: readonly Source[]): Promise<void> {
  await Promise.all(sources.map(({ handle }) => handle.close()));
}

function isSame(a: { dev: bigint; ino: bigint }, b: { dev: bigint; ino: bigint }): boolean {
  return a.ino === b.ino && a.dev === b.dev;
}

export function readError(path: string, why: string, cause?: unknown): ShimError {
  return new ShimError('SHIM_LOG_READ', `cannot read the log ${path}: ${why}`, { where: path, cause });
}
