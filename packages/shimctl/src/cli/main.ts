import { isatty } from 'node:tty';
import type { CliEnvironment } from './environment.js';
import { createServices, type ServiceParts } from './services/create-services.js';
import { shimctl } from './shimctl.js';
import { UNIT_PROCESS } from './unit/unit-process.js';

/** Runs this process's command line and ends the process with its exit code. */
export async function main(parts: ServiceParts): Promise<never> {
  const code = await shimctl(processEnvironment(parts));
  await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
  // Connections and an open stdin would keep the process alive.
  process.exit(code);
}

function processEnvironment(parts: ServiceParts): CliEnvironment {
  return {
    argv: process.argv.slice(2),
    // Merely naming process.stdin opens it, and begins to watch it if it is a terminal.
    get stdin() {
      return process.stdin;
    },
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd: process.cwd(),
    isTTY: { stdin: isatty(0), stdout: isatty(1), stderr: isatty(2) },
    onSignal: (signal, handler) => {
      process.on(signal, handler);
      return () => process.off(signal, handler);
    },
    unit: UNIT_PROCESS,
    services: createServices(parts),
  };
}

/** Resolves when what was written has left the process, or can't any more. */
function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed || stream.writableLength === 0) resolve();
    else stream.once('error', () => resolve()).write('', () => resolve());
  });
}
