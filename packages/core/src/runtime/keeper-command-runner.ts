import { closeSync, openSync, readSync } from 'node:fs';
import { Socket } from 'node:net';
import { native } from '@holdfast/native';
import { SpawnError, type Keeper } from '../keeper/keeper.js';
import type { Command, CommandResult, CommandRunner } from '../plugin/command-runner.js';
import { ShimError } from '../plugin/shim-error.js';
import type { Reaper, SeenExit, TrackedProcess } from '../reaper/reaper.js';

const OUTPUT_LIMIT = 1 << 20;
const CLEAN_ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/',
  LANG: 'C.UTF-8',
};

/** Runs commands as children of the keeper. */
export class KeeperCommandRunner implements CommandRunner {
  constructor(
    private readonly keeper: Keeper,
    private readonly reaper: Reaper,
    private readonly defaultTimeoutMs: number,
  ) {}

  async run(command: Command): Promise<CommandResult> {
    command.signal?.throwIfAborted();
    if (command.stdio !== undefined) {
      const { stdin, stdout, stderr, descriptors = [], owner } = command.stdio;
      const exit = await this.#runTo(command, owner, [stdin, stdout, stderr, ...descriptors]);
      return { ...result(exit), stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) };
    }
    return this.#capture(command);
  }

  async #capture(command: Command): Promise<CommandResult> {
    const stdin = openSync('/dev/null', 'r');
    const stdout = new CapturedPipe();
    const stderr = new CapturedPipe();
    try {
      const exit = await this.#runTo(command, '', [stdin, stdout.writeEnd, stderr.writeEnd]);
      return { ...result(exit), stdout: stdout.finish(), stderr: stderr.finish() };
    } finally {
      closeSync(stdin);
      stdout.close();
      stderr.close();
    }
  }

  async #runTo(command: Command, tag: string, stdio: readonly number[]): Promise<SeenExit> {
    const process = await this.#spawn(command, tag, stdio);
    const exit = await this.#withDeadline(command, process);
    exit.acknowledge();
    return exit;
  }

  async #spawn(command: Command, tag: string, stdio: readonly number[]): Promise<TrackedProcess> {
    const { argv, cwd = '/', env = {} } = command;
    try {
      return await this.reaper.track(() =>
        this.keeper.spawn({ tag, argv, cwd, env: { ...CLEAN_ENVIRONMENT, ...env }, stdio }),
      );
    } catch (error) {
      throw error instanceof SpawnError ? spawnFailure(error, argv[0] ?? '', cwd) : error;
    }
  }

  async #withDeadline(command: Command, process: TrackedProcess): Promise<SeenExit> {
    const timeoutMs = command.timeoutMs ?? this.defaultTimeoutMs;
    let late: ShimError | undefined;
    const stop = (error: ShimError): void => {
      late ??= error;
      killGroup(process.pid);
    };
    const name = command.argv.join(' ').slice(0, 200);
    const timer = setTimeout(
      () => stop(new ShimError('SHIM_RUNTIME_TIMEOUT', `no end after ${timeoutMs} ms: ${name}`)),
      timeoutMs,
    );
    const onAbort = (): void => stop(new ShimError('SHIM_TIMEOUT', `abandoned: ${name}`));
    command.signal?.addEventListener('abort', onAbort, { once: true });
    // While the program was being started.
    if (command.signal?.aborted === true) onAbort();
    try {
      const exit = await process.exited;
      if (late !== undefined) {
        exit.acknowledge();
        throw late;
      }
      return exit;
    } finally {
      clearTimeout(timer);
      command.signal?.removeEventListener('abort', onAbort);
    }
  }
}

/** The keeper gives each program a session of its own, so its pid is its process group. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Gone already: its exit is on the way.
  }
}

function result(exit: SeenExit): { code: number | null; signal: number | null } {
  const { status } = exit;
  if (status.kind === 'exited') return { code: status.code, signal: null };
  return { code: null, signal: status.kind === 'signaled' ? status.signal : null };
}

function spawnFailure(error: SpawnError, program: string, cwd: string): ShimError {
  const ENOENT = 2;
  const notExecutable = new Set([13 /* EACCES */, 8 /* ENOEXEC */, 20 /* ENOTDIR */, 21 /* EISDIR */]);
  if (error.step === 'chdir') {
    return new ShimError('SHIM_BUNDLE_NOT_FOUND', `cannot enter ${cwd}: errno ${error.errno}`, {
      where: cwd,
      cause: error,
    });
  }
  if (error.errno === ENOENT) {
    return new ShimError('SHIM_RUNTIME_BINARY_NOT_FOUND', `no such program: ${program}`, {
      where: program,
      cause: error,
    });
  }
  if (notExecutable.has(error.errno)) {
    return new ShimError('SHIM_RUNTIME_NOT_EXECUTABLE', `cannot execute ${program}: errno ${error.errno}`, {
      where: program,
      cause: error,
    });
  }
  return new ShimError('SHIM_IO', `cannot start ${program}: ${error.message}`, { where: program, cause: error });
}

/** Collects what a program prints, up to a bound; the rest is read and discarded. */
class CapturedPipe {
  readonly writeEnd: number;
  readonly #readEnd: number;
  readonly #reader: Socket;
  readonly #chunks: Buffer[] = [];
  #bytes = 0;
  #open = true;

  constructor() {
    // Blocking: the program must not find O_NONBLOCK on its stdout. The Socket sets it on our end alone.
    const [read, write] = native.pipe(false);
    this.writeEnd = write;
    this.#readEnd = read;
    this.#reader = new Socket({ fd: read, readable: true, writable: false });
    this.#reader.on('data', (chunk: Buffer) => this.#keep(chunk));
    this.#reader.on('error', () => undefined);
  }

  /** What there is once the program has exited; a grandchild that holds the pipe is not waited for. */
  finish(): Buffer {
    const rest = Buffer.allocUnsafe(65536);
    for (let length = readNow(this.#readEnd, rest); length > 0; length = readNow(this.#readEnd, rest)) {
      this.#keep(Buffer.from(rest.subarray(0, length)));
    }
    return Buffer.concat(this.#chunks);
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    closeSync(this.writeEnd);
    this.#reader.destroy();
  }

  #keep(chunk: Buffer): void {
    const room = OUTPUT_LIMIT - this.#bytes;
    if (room <= 0) return;
    const kept = chunk.length > room ? chunk.subarray(0, room) : chunk;
    this.#chunks.push(kept);
    this.#bytes += kept.length;
  }
}

/** Bytes read, or 0 if there are none at present. */
function readNow(fd: number, buffer: Buffer): number {
  try {
    return readSync(fd, buffer);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return 0;
    throw error;
  }
}
