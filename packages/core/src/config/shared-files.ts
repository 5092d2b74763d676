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
    const earlier = first.get(path);
    if (earlier !== undefined) return [{ index, earlier, path }];
    first.set(path, index);
    return [];
  });
}
