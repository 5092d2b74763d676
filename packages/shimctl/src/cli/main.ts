import { readlinkSync } from 'node:fs';
import { isatty } from 'node:tty';
import type { CliEnvironment, StartedCommand } from './environment.js';
import { ExitGuard } from './exit-guard.js';
import { createServices, type ServiceParts } from './services/create-services.js';
import { shimctl } from './shimctl.js';
import { UNIT_PROCESS } from './unit/unit-process.js';

/** Runs this process's command line and ends the process with its exit code. */
export async function main(parts: ServiceParts): Promise<never> {
  const argv = process.argv.slice(2);
  const guard = new ExitGuard(argv);
  guard.watch();
  let hurried = false;
  const hooks = {
    started: ({ path }: StartedCommand) => guard.started(path.at(-1) ?? ''),
    hurry: () => (hurried = true),
  };
  const code = await shimctl(processEnvironment(parts, argv, hooks));
  if (!hurried) await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
  guard.done();
  // Connections and an open stdin would keep the process alive.
  process.exit(code);
}

function processEnvironment(
  parts: ServiceParts,
  argv: readonly string[],
  hooks: Pick<CliEnvironment, 'started' | 'hurry'>,
): CliEnvironment {
  const isTTY = { stdin: isatty(0), stdout: isatty(1), stderr: isatty(2) };
  return {
    argv,
    ...hooks,
    // Merely naming process.stdin opens it, and begins to watch it if it is a terminal.
    get stdin() {
      return process.stdin;
    },
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd: workingDirectory(),
    isTTY,
    openTerminal: async () => {
      const { openOwnTerminal } = await import('./terminal/own-terminal.js');
      return openOwnTerminal(isTTY);
    },
    onSignal: (signal, handler) => {
      process.on(signal, handler);
      return () => process.off(signal, handler);
    },
    unit: UNIT_PROCESS,
    services: createServices(parts),
  };
}

/** One that was removed still has a name, below which nothing is: most commands need none. */
function workingDirectory(): string {
  try {
    return process.cwd();
  } catch {
    return readlinkSync('/proc/self/cwd');
  }
}

/** Resolves when what was written has left the process, or can't any more. */
function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed || stream.writableLength === 0) resolve();
    else stream.once('error', () => resolve()).write('', () => resolve());
  });
}
