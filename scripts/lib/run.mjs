import { spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root directory. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** A mistake or lack that the reader can mend: printed without a stack trace. */
export class Complaint extends Error {}

/** Runs a program with the terminal's stdout and stderr; resolves to its exit code, 128 + n for a signal. */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'], ...options });
    child.once('error', (error) => reject(new Complaint(`${command}: ${error.message}`, { cause: error })));
    child.once('close', (code, signal) => resolve(code ?? 128 + signalNumber(signal)));
  });
}

/** As `run`, and throws a Complaint unless the exit code is 0. */
export async function runOrThrow(command, args, options) {
  const code = await run(command, args, options);
  if (code !== 0) throw new Complaint(`${[command, ...args].join(' ')}: failed with exit code ${code}`);
}

/** Runs an entry point: its exit code is what `main` resolves to; a Complaint is one line on stderr and exit code 1. */
export async function runMain(main) {
  try {
    process.exitCode = (await main(process.argv.slice(2))) ?? 0;
  } catch (error) {
    console.error(error instanceof Complaint ? `\nholdfast: ${error.message}` : error);
    process.exitCode = 1;
  }
}

function signalNumber(signal) {
  return { SIGHUP: 1, SIGINT: 2, SIGABRT: 6, SIGKILL: 9, SIGSEGV: 11, SIGTERM: 15 }[signal] ?? 0;
}
