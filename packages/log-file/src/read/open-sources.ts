import { readdir } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { rotatedName, SUFFIXES } from '../rotated-name.js';
import { codeOf } from '../system-error.js';
import { closeSources, isAmong, isSame, openSource, type Source } from './source.js';

/** So many names without a file say that there are no more, though rotation may be moving files just now. */
const FREE_NAMES = 8;

/**
 * Opens the files of the log that are younger than `than` (all if undefined), oldest first.
 *
 * The youngest is opened first: rotation moves a file to a higher number only, so one that moves meanwhile is met
 * twice and never missed. A file that is compressed has its new name before it loses the old one, which is therefore tried
 * first. `complete` is false if `than` was not met.
 */
export async function openSources(
  path: string,
  maxFiles: number,
  than?: Source,
): Promise<{ sources: Source[]; complete: boolean }> {
  const sources: Source[] = [];
  try {
    let highest = 0;
    for (let n = 0; n <= highest; n++) {
      const source = await openNth(path, n);
      if (n === 0) highest = Math.min(maxFiles - 1, (await highestNumber(path)) + FREE_NAMES);
      if (source === undefined) continue;
      if (than !== undefined && (await isSame(source, than))) {
        await source.bytes.close();
        return { sources: sources.reverse(), complete: true };
      }
      if (await isAmong(sources, source)) await source.bytes.close();
      else sources.push(source);
    }
  } catch (error) {
    await closeSources(sources);
    throw error;
  }
  return { sources: sources.reverse(), complete: than === undefined };
}

/** Of the names there are; infinite if they cannot be listed. */
async function highestNumber(path: string): Promise<number> {
  const prefix = `${basename(path)}.`;
  try {
    const names = (await readdir(dirname(path))).filter((name) => name.startsWith(prefix));
    return Math.max(0, ...names.map((name) => Number.parseInt(name.slice(prefix.length), 10) || 0));
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? 0 : Infinity;
  }
}

async function openNth(path: string, n: number): Promise<Source | undefined> {
  for (const suffix of n === 0 ? ([''] as const) : SUFFIXES) {
    const source = await openSource(rotatedName(path, n, suffix), suffix !== '');
    if (source !== undefined) return source;
  }
  return undefined;
}
