import { join } from 'node:path';
import type { ContainerConfig, ResolvedPlugin } from '../config/container-config.js';

/** A container's log driver, its name among them, and its default directory. */
export interface NamedLog {
  /** `file`, `file-2`, …: two drivers of one kind are told apart. */
  readonly name: string;
  /** The container's own for the first of a kind, a directory below it for others: two must not write one file. */
  readonly directory: string;
  readonly log: ResolvedPlugin;
}

/** Names the drivers of a config, in order. */
export function nameLogs({ logs, logDirectory }: Pick<ContainerConfig, 'logs' | 'logDirectory'>): NamedLog[] {
  const seen = new Map<string, number>();
  return logs.map((log) => {
    const count = (seen.get(log.plugin) ?? 0) + 1;
    seen.set(log.plugin, count);
    if (count === 1) return { name: log.plugin, directory: logDirectory, log };
    const name = `${log.plugin}-${count}`;
    return { name, directory: join(logDirectory, name), log };
  });
}
