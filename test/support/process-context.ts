import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { sessionOf } from './shim-processes.js';

/** What a process may have inherited. */
export interface ProcessContext {
  readonly session: number | undefined;
  readonly cwd: string;
  readonly umask: string;
  /** The soft limit. */
  readonly openFiles: number;
  readonly environment: readonly string[];
  /** Where its descriptors lead. */
  readonly files: readonly string[];
  /** Its cgroup in every hierarchy. */
  readonly cgroups: readonly string[];
}

export function contextOf(pid: number): ProcessContext {
  const proc = `/proc/${pid}`;
  const read = (name: string): string => readFileSync(join(proc, name), 'utf8');
  return {
    session: sessionOf(pid),
    cwd: readlinkSync(join(proc, 'cwd')),
    umask: /^Umask:\s*([0-7]+)$/m.exec(read('status'))?.[1] ?? '',
    openFiles: Number(/^Max open files\s+([0-9]+)/m.exec(read('limits'))?.[1]),
    environment: read('environ').split('\0').filter(Boolean),
    files: readdirSync(join(proc, 'fd')).map((fd) => readlinkSync(join(proc, 'fd', fd))),
    cgroups: read('cgroup')
      .trim()
      .split('\n')
      .map((line) => line.split(':').slice(2).join(':')),
  };
}
