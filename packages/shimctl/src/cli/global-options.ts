import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import type { CliEnvironment } from './environment.js';
import type { ConfigRequest } from './services.js';

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];

/** Flags that every command takes, before or after its name. */
export interface GlobalOptions {
  readonly config?: string;
  readonly root?: string;
  readonly namespace?: string;
  readonly group?: string;
  readonly runtime?: string;
  readonly log?: readonly string[];
  readonly json?: true;
  readonly logLevel?: string;
}

/** Adds the global flags; `hidden` leaves them out of the command's own list of options. */
export function addGlobalOptions(command: Command, hidden: boolean): void {
  const options = [
    new Option('--config <file>', 'read this config file (.json, .jsonc, .yaml), and none of the others'),
    new Option('--root <dir>', 'directory for state and sockets'),
    new Option('--namespace <ns>', 'whose ids are meant: each namespace has its own'),
    new Option('--group <group>', 'which shim serves new containers: those of one group share one'),
    new Option('--runtime <name>', 'OCI runtime: runc, crun, or a name from the config'),
    new Option(
      '--log <driver[,key=value…]>',
      'log driver and its options, such as file,maxSize=1m,isolate=thread; may be given more than once',
    ).argParser(collect),
    new Option('--json', 'answers and errors as JSON'),
    new Option('--log-level <level>', 'how much the shim logs; debug also shows causes of errors').choices(LOG_LEVELS),
  ];
  for (const option of options) command.addOption(hidden ? option.hideHelp() : option);
}

/** Adds up a repeatable option. */
export function collect(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value];
}

/** The flags as given along the line from the program to `command`, the nearest to the end first. */
export function globalOptions(command: Command): GlobalOptions {
  const own: GlobalOptions = command.opts();
  if (command.parent === null) return own;
  const outer = globalOptions(command.parent);
  const log = [...(outer.log ?? []), ...(own.log ?? [])];
  return { ...outer, ...own, ...(log.length > 0 && { log }) };
}

/** What the flags say about the config. */
export function configRequest(globals: GlobalOptions, { cwd }: Pick<CliEnvironment, 'cwd'>): ConfigRequest {
  const { config: file, root, namespace, group, runtime, logLevel, log: logs } = globals;
  return {
    cwd,
    ...(file !== undefined && { file }),
    ...(root !== undefined && { root: resolve(cwd, root) }),
    ...(namespace !== undefined && { namespace }),
    ...(group !== undefined && { group }),
    ...(runtime !== undefined && { runtime }),
    ...(logLevel !== undefined && { logLevel }),
    ...(logs !== undefined && { logs }),
  };
}
