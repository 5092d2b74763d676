import { resolve } from 'node:path';
import type { ConfigPath } from './config-path.js';
import { logEntries, logFlagSubject, type LogFlagLayer } from './log-flag-layer.js';
import { splitLogFlag, type LogFlag } from './split-log-flag.js';

/** Settings from the command line, unread. */
export interface ConfigFlags {
  readonly runtime?: string | undefined;
  /** Each `DRIVER[,key=value…]`; one is enough to replace "logs". */
  readonly logs?: readonly string[] | undefined;
  /** May be relative to the working directory. */
  readonly root?: string | undefined;
  readonly namespace?: string | undefined;
  readonly group?: string | undefined;
  readonly logLevel?: string | undefined;
}

/** Makes the layer of the flags. */
export function flagLayer(flags: ConfigFlags, cwd: string): LogFlagLayer {
  const logFlags = (flags.logs ?? []).map(splitLogFlag);
  const given = {
    runtime: flags.runtime,
    logs: logFlags.length === 0 ? undefined : logEntries(logFlags),
    root: flags.root === undefined ? undefined : resolve(cwd, flags.root),
    namespace: flags.namespace,
    group: flags.group,
    shim: flags.logLevel === undefined ? undefined : { logLevel: flags.logLevel },
  };
  return {
    document: Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    directory: cwd,
    logFlags,
    subject: (path) => subject(path, flags, logFlags),
    origin: (path) => `flag ${flagName(path)}`,
  };
}

function flagName(path: ConfigPath): string {
  if (path[0] === 'logs') return '--log';
  return path[0] === 'shim' ? '--log-level' : `--${String(path[0])}`;
}

function subject(path: ConfigPath, flags: ConfigFlags, logFlags: readonly LogFlag[]): string {
  const name = flagName(path);
  if (name === '--log') return logFlagSubject(name, path, logFlags);
  return `${name} ${flagText(name, flags).slice(0, 100)}`;
}

function flagText(name: string, { runtime, root, namespace, group, logLevel }: ConfigFlags): string {
  const texts: Record<string, string | undefined> = { runtime, root, namespace, group, 'log-level': logLevel };
  return texts[name.slice(2)] ?? '';
}
