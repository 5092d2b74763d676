import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

/** Builds `program`, and starts `command` with it on a pty whose master is sent to `socket`, as a runtime does with its console socket. */
export function sendTerminal(program: string, socket: string, command: readonly string[]): ChildProcess {
  execFileSync('cc', [
    '-Wall',
    '-Werror',
    '-o',
    program,
    join(import.meta.dirname, '..', 'fixtures', 'send-terminal.c'),
  ]);
  return spawn(program, [socket, ...command], { stdio: ['ignore', 'ignore', 'inherit'] });
}
