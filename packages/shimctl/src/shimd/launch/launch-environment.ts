import { constants } from 'node:os';
import type { StreamedLaunch } from '@holdfast/core';
import type { CliEnvironment } from '../../cli/environment.js';
import type { CliServices } from '../../cli/services.js';
import type { OwnTerminal } from '../../cli/terminal/own-terminal.js';
import { elsewhere } from './elsewhere.js';
import { tooHeavy } from './light-commands.js';

/** What {@link launchEnvironment} is made of. */
export interface LaunchEnvironmentParts {
  readonly launch: StreamedLaunch;
  readonly services: CliServices;
  /** Told of the command before it runs. */
  readonly onStarted: NonNullable<CliEnvironment['started']>;
  readonly onHurry: () => void;
}

/** The surroundings of a command that a launcher has handed over. */
export function launchEnvironment({ launch, services, onStarted, onHurry }: LaunchEnvironmentParts): CliEnvironment {
  const { argv, stdin, stdout, stderr, env, cwd, isTTY } = launch;
  return {
    ...{ argv: argv.slice(1), stdin, stdout, stderr, env, cwd, isTTY, services },
    started: (command) => {
      const why = tooHeavy(command, env);
      if (why !== undefined && !launch.again) elsewhere(launch, why);
      onStarted(command);
    },
    onSignal: (signal, handle) => followSignal(launch, signal, handle),
    openTerminal: () => Promise.resolve(terminalOf(launch)),
    hurry: onHurry,
    unit: {
      pid: launch.pid,
      // They are the launcher's.
      inherited: () => elsewhere(launch, 'descriptors are to be passed on'),
      notify: () => elsewhere(launch, 'the manager of the caller is to be told'),
    },
    progress: {
      id: launch.requestId,
      known: launch.token === '' ? undefined : (JSON.parse(launch.token) as Readonly<Record<string, unknown>>),
      remember: (known) => launch.remember(JSON.stringify(known)),
    },
  };
}

/** The launcher stops and goes on by itself, its terminal as it was meanwhile, and tells its size then. */
function followSignal(launch: StreamedLaunch, signal: NodeJS.Signals, handle: () => unknown): () => void {
  if (signal === 'SIGWINCH') return launch.onSize(handle);
  if (signal === 'SIGTSTP' || signal === 'SIGCONT') return () => undefined;
  return launch.onSignal(constants.signals[signal], handle);
}

function terminalOf(launch: StreamedLaunch): OwnTerminal {
  return {
    size: () => launch.size,
    makeRaw: () => {
      launch.setRaw(true);
      return () => launch.setRaw(false);
    },
    stop: () => undefined,
  };
}
