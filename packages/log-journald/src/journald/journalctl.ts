import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import type { Readable } from 'node:stream';
import { ShimError } from '@holdfast/core/plugin';

const PLACES = ['/usr/bin/journalctl', '/bin/journalctl', '/run/current-system/sw/bin/journalctl'];
const ENV = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8' };
const STDERR_LIMIT = 4096;

/** How journalctl ended. */
export interface JournalctlEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The beginning of what it said. */
  readonly stderr: string;
}

/** A running journalctl. */
export class Journalctl {
  readonly ended: Promise<JournalctlEnd>;
  readonly #process: ChildProcessByStdio<null, Readable, Readable>;

  /** Throws SHIM_LOG_READ if there is no journalctl. */
  constructor(args: readonly string[]) {
    const child = spawn(findJournalctl(), args, { stdio: ['ignore', 'pipe', 'pipe'], env: ENV, cwd: '/' });
    this.#process = child;
    this.ended = endOf(child);
  }

  get stdout(): AsyncIterable<Buffer> {
    return this.#process.stdout;
  }

  kill(): void {
    this.#process.kill('SIGKILL');
  }
}

/** Runs it to its end. Rejects if it fails, and as `signal` says. */
export async function runJournalctl(args: readonly string[], signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const journalctl = new Journalctl(args);
  const kill = (): void => journalctl.kill();
  signal.addEventListener('abort', kill, { once: true });
  try {
    for await (const _ of journalctl.stdout);
    const { code, stderr } = await journalctl.ended;
    signal.throwIfAborted();
    if (code !== 0) throw new Error(`journalctl failed: ${stderr}`);
  } finally {
    signal.removeEventListener('abort', kill);
  }
}

function endOf(child: ChildProcessByStdio<null, Readable, Readable>): Promise<JournalctlEnd> {
  let stderr = '';
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (text: string) => (stderr = `${stderr}${text}`.slice(0, STDERR_LIMIT)));
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ code: null, signal: null, stderr: error.message }));
    child.on('close', (code, signal) => resolve({ code, signal, stderr: stderr.trim() }));
  });
}

function findJournalctl(): string {
  const found = PLACES.find(isExecutable);
  if (found !== undefined) return found;
  throw new ShimError('SHIM_LOG_READ', `journalctl is not there: ${PLACES.join(', ')}`, {
    remedy: 'Install systemd, whose journalctl reads the journal.',
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
