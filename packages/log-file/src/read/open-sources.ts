import { compressedName, rotatedName } from '../rotated-name.js';
import { closeSources, isSame, openSource, type Source } from './source.js';

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
    for (let n = 0; n < maxFiles; n++) {
      const source = await openNth(path, n);
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

async function openNth(path: string, n: number): Promise<Source | undefined> {
  const plain = await openSource(rotatedName(path, n));
  return plain ?? (n === 0 ? undefined : openSource(compressedName(path, n)));
}

async function isAmong(sources: readonly Source[], source: Source): Promise<boolean> {
  for (const other of sources) if (await isSame(source, other)) return true;
  return false;
}
