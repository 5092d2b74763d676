import { randomUUID } from 'node:crypto';
import { closeSync, constants, openSync, readFileSync, readSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  ShimError,
  type ChildStdio,
  type CreateRequest,
  type OciState,
  type Runtime,
  type RuntimeContext,
  type RuntimeFeatures,
} from '@holdfast/core/plugin';
import type { RuntimeOptions } from './options.js';

const { O_CREAT, O_EXCL, O_NONBLOCK, O_RDONLY, O_RDWR } = constants;
const MESSAGE_BYTES = 8192;

/**
 * Runs the command line that somebody else has made up, once: `create` of a container, or `exec` of a process in one. That somebody starts, kills and
 * deletes it: here all of that does nothing, or what needs no runtime.
 */
export class GivenRuntime implements Runtime {
  readonly name = 'conmon';
  readonly passesDescriptors = true;

  constructor(
    private readonly context: RuntimeContext,
    private readonly options: RuntimeOptions,
  ) {}

  features(): Promise<RuntimeFeatures> {
    return Promise.resolve({ version: 'given', binary: this.options.path });
  }

  async create(request: CreateRequest, io: ChildStdio, signal?: AbortSignal): Promise<{ pid: number }> {
    const { path, args, command, options, target, cwd, environment } = this.options;
    const { pidFile, consoleSocket } = request;
    const console = consoleSocket === undefined ? [] : ['--console-socket', consoleSocket];
    const argv = [path, ...args, command, '--pid-file', pidFile, ...options, ...console, target];
    const errors = new Errors(io, this.options, this.context.scratch);
    try {
      const stdio = { ...io, stderr: errors.fd };
      const result = await this.context.runner.run({ argv, cwd, env: environment, stdio, ...(signal && { signal }) });
      const pid = result.code === 0 ? readPid(pidFile) : undefined;
      if (pid !== undefined) return { pid };
      const message =
        errors.read().trim() || `${path} ${command} ended with ${result.code ?? `signal ${result.signal}`}`;
      throw new ShimError('SHIM_RUNTIME_FAILED', message, { where: `${path} ${command} ${target}` });
    } finally {
      errors.close();
    }
  }

  start(): Promise<void> {
    return Promise.resolve();
  }

  exec(): Promise<never> {
    return Promise.reject(notOurs('exec'));
  }

  async kill(_id: string, signal: number, { all = false }: { readonly all?: boolean } = {}): Promise<void> {
    const { path, args, command, target, cwd, environment } = this.options;
    if (command === 'exec') throw notOurs('kill');
    const argv = [path, ...args, 'kill', ...(all ? ['--all'] : []), target, String(signal)];
    const { code, stderr } = await this.context.runner.run({ argv, cwd, env: environment });
    if (code !== 0)
      throw new ShimError('SHIM_RUNTIME_FAILED', stderr.toString().trim(), { where: `${path} kill ${target}` });
  }

  delete(): Promise<void> {
    return Promise.resolve();
  }

  /** The shim asks whether what it was at has been made, once it has found its pid file. */
  state(id: string): Promise<OciState> {
    return Promise.resolve({ ociVersion: '1.0.0', id, status: 'created', pid: 0, bundle: '/' });
  }
}

function notOurs(command: string): ShimError {
  return new ShimError('SHIM_UNSUPPORTED', `${command} is up to whoever has the container: podman or CRI-O`);
}

function readPid(path: string): number | undefined {
  try {
    const text = readFileSync(path, 'latin1').trim();
    return /^[1-9]\d{0,6}$/.test(text) ? Number(text) : undefined;
  } catch {
    return undefined;
  }
}

/** Where the runtime's own messages go: with pipes that is the stderr of the process to be, with a terminal a file of its own. */
class Errors {
  readonly fd: number;
  readonly #file: string | undefined;

  constructor(
    io: ChildStdio,
    private readonly options: Pick<RuntimeOptions, 'terminal' | 'passthrough'>,
    scratch: string,
  ) {
    const { terminal } = options;
    this.#file = terminal ? join(scratch, `stderr-${randomUUID()}`) : undefined;
    this.fd = this.#file === undefined ? io.stderr : openSync(this.#file, O_RDWR | O_CREAT | O_EXCL, 0o600);
  }

  /** What there is of it. Of a pipe nobody has read it yet; the caller's own stderr is the caller's to read. */
  read(): string {
    if (this.#file === undefined && this.options.passthrough) return '';
    const bytes = Buffer.alloc(MESSAGE_BYTES);
    const fd = openSync(`/proc/self/fd/${this.fd}`, O_RDONLY | O_NONBLOCK);
    try {
      return bytes.toString('utf8', 0, readSync(fd, bytes));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return '';
      throw error;
    } finally {
      closeSync(fd);
    }
  }

  close(): void {
    if (this.#file === undefined) return;
    closeSync(this.fd);
    rmSync(this.#file, { force: true });
  }
}
