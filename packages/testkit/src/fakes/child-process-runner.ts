import { spawn, type SpawnOptions } from 'node:child_process';
import { constants } from 'node:os';
import { ShimError, type Command, type CommandResult, type CommandRunner } from '@holdfast/core/plugin';

/** Runs commands as children of the test, so that plugins can be tried on real runtimes without a keeper. */
export const childProcessRunner: CommandRunner = {
  async run(command: Command): Promise<CommandResult> {
    const [file = '', ...args] = command.argv;
    // Node would start the program and kill it then, half-way.
    command.signal?.throwIfAborted();
    return new Promise((resolve, reject) => {
      const child = spawn(file, args, spawnOptions(command));
      const stdout: Buffer[] = [];
      const stderr: Buffer[] = [];
      child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk));
      child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk));
      child.on('error', (error) => reject(spawnError(error, file)));
      child.on('close', (code, signal) => {
        const number = signal === null ? null : constants.signals[signal];
        resolve({ code, signal: number, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr) });
      });
    });
  },
};

function spawnOptions({ cwd, env, stdio, signal, timeoutMs = 20_000 }: Command): SpawnOptions {
  return {
    ...(cwd === undefined ? {} : { cwd }),
    ...(signal === undefined ? {} : { signal }),
    env: { PATH: process.env['PATH'], HOME: '/root', LANG: 'C.UTF-8', ...env },
    stdio: stdio === undefined ? ['ignore', 'pipe', 'pipe'] : [stdio.stdin, stdio.stdout, stdio.stderr],
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  };
}

function spawnError(error: NodeJS.ErrnoException, file: string): Error {
  if (error.code === 'ENOENT') return new ShimError('SHIM_RUNTIME_BINARY_NOT_FOUND', `no ${file}`, { cause: error });
  if (error.code === 'EACCES')
    return new ShimError('SHIM_RUNTIME_NOT_EXECUTABLE', `cannot run ${file}`, { cause: error });
  return error;
}
