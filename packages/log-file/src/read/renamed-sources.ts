import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { closeSources, isAmong, openSource, type Source } from './source.js';

/** How kubelet renames a full log before it asks for another one. */
const STAMP = /^\d{8}-\d{6}$/;

/**
 * Opens files that kubelet renamed after the last change of `current`, oldest first: a slow follower may have missed them.
 * `younger`: what was found under the names of the log, of which one may have been renamed since.
 */
export async function openRenamed(path: string, current: Source, younger: readonly Source[]): Promise<Source[]> {
  const { mtimeNs } = await current.now();
  const found: Source[] = [];
  for (const name of await stamped(path)) {
    const source = await openSource(name).catch(() => undefined);
    if (source === undefined) continue;
    if (source.modifiedNs >= mtimeNs && !(await isAmong([current, ...younger], source))) found.push(source);
    else await closeSources([source]);
  }
  return found;
}

async function stamped(path: string): Promise<string[]> {
  const directory = dirname(path);
  const prefix = `${basename(path)}.`;
  const names = await readdir(directory).catch(() => [] as string[]);
  // The stamps sort by time.
  return names
    .filter((name) => name.startsWith(prefix) && STAMP.test(name.slice(prefix.length)))
    .sort()
    .map((name) => join(directory, name));
}
