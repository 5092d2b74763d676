import { execFile } from 'node:child_process';
import { KEEPER_PATH } from '@holdfast/core/client';
import type { ProgramResult } from '../system.js';

const DEADLINE_MS = 5_000;
const MOST_BYTES = 64 << 10;

/** Runs a program with a clean environment and without stdin; resolves whatever becomes of it. */
export function runProgram(program: string, args: readonly string[]): Promise<ProgramResult> {
  const options = {
    timeout: DEADLINE_MS,
    killSignal: 'SIGKILL',
    maxBuffer: MOST_BYTES,
    cwd: '/',
    env: { PATH: KEEPER_PATH, HOME: '/', LANG: 'C.UTF-8' },
  } as const;
  return new Promise((resolve) => {
    let late: NodeJS.Timeout | undefined = undefined;
    const settle = (result: ProgramResult): void => {
      clearTimeout(late);
      resolve(result);
    };
    const child = execFile(program, args, options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
      settle({ code, output: stdout !== '' ? stdout : stderr });
    });
    child.stdin?.end();
    // A grandchild may hold the output open after the program was killed.
    late = setTimeout(() => settle({ code: null, output: '' }), DEADLINE_MS + 500);
  });
}
