import { realpathSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import type { ResolvedPlugin } from './container-config.js';

/** A log driver that would write the file of an earlier one. */
export interface SharedFile {
  readonly index: number;
  /** The one that has the file. */
  readonly earlier: number;
  readonly path: string;
}

/** All of them; undefined stands for a driver that is not known. */
export function sharedFiles(logs: readonly (ResolvedPlugin | undefined)[]): SharedFile[] {
  const first = new Map<string, number>();
  return logs.flatMap((log, index) => {
    const path = log?.options['path'];
    if (typeof path !== 'string') return [];
    const file = fileAt(path);
    const earlier = first.get(file);
    if (earlier !== undefined) return [{ index, earlier, path }];
    first.set(file, index);
    return [];
  });
}

/** However it is written, and whatever links its directory is reached by, as far as that is there. */
function fileAt(path: string): string {
  const [directory, name] = [dirname(path), basename(path)];
  try {
    return join(realpathSync(directory), name);
  } catch {
    return directory === dirname(directory) ? normalize(path) : join(fileAt(directory), name);
  }
}
