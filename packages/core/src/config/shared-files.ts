import type { ResolvedPlugin } from './container-config.js';

/** A line for each log driver that would write the file of an earlier one. */
export function sharedFiles(logs: readonly ResolvedPlugin[]): string[] {
  const first = new Map<unknown, number>();
  return logs.flatMap(({ options }, i) => {
    const path = options['path'];
    if (typeof path !== 'string') return [];
    const earlier = first.get(path);
    if (earlier !== undefined)
      return [`logs[${i}].options.path: logs[${earlier}] writes ${JSON.stringify(path)} already`];
    first.set(path, i);
    return [];
  });
}
