import { join, resolve } from 'node:path';
import { ShimError } from '@holdfast/core/plugin';
import type { FlagName } from './flags.js';
import { readFlags, type GivenFlags } from './read-flags.js';

/** What conmon was called for. Paths are absolute. */
export interface Options {
  /** Of the protocol with the caller: 0 is conmon's first, 1 the one with `{"data":…}`. */
  readonly api: 0 | 1;
  readonly id: string;
  /** Of this container or exec session; the id where there is none. */
  readonly uuid: string;
  readonly name: string;
  /** Undefined of an exec that names none: it has no attach socket. */
  readonly bundle: string | undefined;
  readonly runtime: string;
  readonly runtimeArgs: readonly string[];
  readonly runtimeOptions: readonly string[];
  readonly exec: { readonly attach: boolean; readonly processSpec: string } | undefined;
  readonly restore: string | undefined;
  readonly systemdCgroup: boolean;
  readonly noPivot: boolean;
  readonly noNewKeyring: boolean;
  readonly terminal: boolean;
  readonly stdin: boolean;
  readonly leaveStdinOpen: boolean;
  readonly logs: readonly string[];
  readonly logSizeMax: number | undefined;
  readonly logGlobalSizeMax: number | undefined;
  readonly logRotate: boolean;
  readonly logMaxFiles: number;
  readonly logTag: string | undefined;
  readonly logLabels: readonly string[];
  readonly logAllowed: readonly string[];
  readonly noPartialMessage: boolean;
  readonly syncLog: boolean;
  readonly conmonPidFile: string | undefined;
  readonly containerPidFile: string;
  readonly exitDir: string | undefined;
  readonly persistDir: string | undefined;
  readonly exitCommand: readonly string[] | undefined;
  readonly exitDelaySeconds: number;
  readonly socketDir: string;
  readonly fullAttach: boolean;
  readonly sync: boolean;
  /** Seconds; 0: none. */
  readonly timeoutSeconds: number;
  readonly sdnotifySocket: string | undefined;
  readonly replaceListenPid: boolean;
}

const DEFAULT_SOCKET_DIR = '/var/run/crio';
const DEFAULT_MAX_FILES = 1;
const LOG_LEVELS = /^(trace|debug|info|warn|warning|error|fatal|panic)$/i;

/** Reads and checks a command line, its name left out. Throws SHIM_USAGE in conmon's words. */
export function readOptions(args: readonly string[], cwd: string): Options {
  const flags = new Reader(readFlags(args), cwd);
  const exec = flags.has('exec');
  const api = flags.has('api-version') ? 1 : 0;
  const id = flags.required('cid', 'Container ID not provided. Use --cid');
  // The first protocol's exec sessions have none of their own.
  const uuid =
    exec && api === 0
      ? (flags.text('cuuid') ?? id)
      : flags.required('cuuid', 'Container UUID not provided. Use --cuuid');
  const attach = flags.has('exec-attach');
  if (attach && !exec) throw unusable('Attach can only be specified with exec');
  if (attach && api === 0) throw unusable('Attach can only be specified for a non-legacy exec session');
  const runtime = flags.required('runtime', 'Runtime path not provided. Use --runtime');
  const bundle = flags.path('bundle') ?? (exec ? undefined : cwd);
  const logLevel = flags.text('log-level');
  if (logLevel !== undefined && !LOG_LEVELS.test(logLevel)) throw unusable(`No such log level ${logLevel}`);
  const exitProgram = flags.text('exit-command');
  const { path, text, has, all, number } = flags;
  return {
    ...{ api, id, uuid, bundle },
    name: text('name') ?? '',
    runtime: resolve(cwd, runtime),
    runtimeArgs: all('runtime-arg'),
    runtimeOptions: [...all('runtime-opt'), ...all('restore-arg')],
    exec: exec
      ? {
          attach,
          processSpec: resolve(
            cwd,
            flags.required('exec-process-spec', 'Exec process spec path not provided. Use --exec-process-spec'),
          ),
        }
      : undefined,
    restore: path('restore'),
    systemdCgroup: has('systemd-cgroup'),
    noPivot: has('no-pivot'),
    noNewKeyring: has('no-new-keyring'),
    terminal: has('terminal'),
    stdin: has('stdin'),
    leaveStdinOpen: has('leave-stdin-open'),
    ...logOptions(flags, cwd),
    conmonPidFile: path('conmon-pidfile'),
    containerPidFile: path('container-pidfile') ?? path('pidfile') ?? join(cwd, `pidfile-${id}`),
    exitDir: path('exit-dir'),
    persistDir: path('persist-dir'),
    exitCommand: exitProgram === undefined ? undefined : [exitProgram, ...all('exit-command-arg')],
    exitDelaySeconds: number('exit-delay') ?? 0,
    socketDir: path('socket-dir-path') ?? DEFAULT_SOCKET_DIR,
    fullAttach: has('full-attach'),
    sync: has('sync'),
    timeoutSeconds: number('timeout') ?? 0,
    // One that begins with `@` is no path.
    sdnotifySocket: text('sdnotify-socket')?.startsWith('@') ? text('sdnotify-socket') : path('sdnotify-socket'),
    replaceListenPid: has('replace-listen-pid'),
  };
}

type LogOptions = Pick<
  Options,
  | 'logs'
  | 'logSizeMax'
  | 'logGlobalSizeMax'
  | 'logRotate'
  | 'logMaxFiles'
  | 'logTag'
  | 'logLabels'
  | 'logAllowed'
  | 'noPartialMessage'
  | 'syncLog'
>;

function logOptions({ has, all, text, number }: Reader, cwd: string): LogOptions {
  return {
    logs: all('log-path'),
    logSizeMax: positive(number('log-size-max')),
    logGlobalSizeMax: positive(number('log-global-size-max')),
    logRotate: has('log-rotate'),
    logMaxFiles: number('log-max-files') ?? DEFAULT_MAX_FILES,
    logTag: text('log-tag'),
    logLabels: all('log-label'),
    logAllowed: all('log-allowlist-dir').map((directory) => resolve(cwd, directory)),
    noPartialMessage: has('no-container-partial-message'),
    syncLog: !has('no-sync-log'),
  };
}

/** Looks up what was given; of a flag that does not repeat the last one counts. */
class Reader {
  constructor(
    private readonly given: GivenFlags,
    private readonly cwd: string,
  ) {}

  readonly all = (name: FlagName): readonly string[] => this.given.get(name) ?? [];
  readonly has = (name: FlagName): boolean => this.given.has(name);
  readonly text = (name: FlagName): string | undefined => this.all(name).at(-1);

  readonly path = (name: FlagName): string | undefined => {
    const text = this.text(name);
    return text === undefined || text === '' ? undefined : resolve(this.cwd, text);
  };

  readonly number = (name: FlagName): number | undefined => {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = /^[+-]?\d{1,18}$/.test(text.trim()) ? Number(text) : NaN;
    if (!Number.isFinite(value))
      throw unusable(`option parsing failed: Cannot parse integer value "${text}" for --${name}`);
    return value;
  };

  required(name: FlagName, message: string): string {
    const text = this.text(name);
    if (text === undefined || text === '') throw unusable(message);
    return text;
  }
}

function positive(value: number | undefined): number | undefined {
  return value === undefined || value <= 0 ? undefined : value;
}

function unusable(message: string): ShimError {
  return new ShimError('SHIM_USAGE', message);
}
