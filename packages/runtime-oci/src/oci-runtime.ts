import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  isShimError,
  ShimError,
  type ChildStdio,
  type CommandResult,
  type CreateRequest,
  type ExecProcessRequest,
  type OciState,
  type Runtime,
  type RuntimeContext,
  type RuntimeFeatures,
} from '@holdfast/core/plugin';
import type { Dialect, OciCommand, OptionalCommand } from './dialect.js';
import { readFeatures } from './features.js';
import { invoke, removeFile, whereOf, type Invocation, type Setup } from './invoke.js';
import type { OciOptions } from './options.js';
import { parsePids, parseState } from './parse-state.js';
import { readPidFile } from './pid-file.js';

const ID = /^[A-Za-z0-9_][A-Za-z0-9_.+-]{0,127}$/;

/** A {@link Runtime} over the command line that OCI runtimes share. */
export class OciRuntime implements Runtime {
  readonly name: string;
  // Declared only: an unsupported method is absent, and no property with the value undefined.
  declare readonly passesDescriptors?: true;
  declare readonly pause?: (id: string) => Promise<void>;
  declare readonly resume?: (id: string) => Promise<void>;
  declare readonly update?: (id: string, resources: Readonly<Record<string, unknown>>) => Promise<void>;
  declare readonly ps?: (id: string) => Promise<number[]>;
  readonly #setup: Setup;

  constructor(context: RuntimeContext, options: OciOptions, dialect: Dialect) {
    this.name = dialect.name;
    this.#setup = { context, options, dialect };
    const has = (command: OptionalCommand): boolean => !dialect.unsupported.includes(command);
    if (dialect.preserveFds) this.passesDescriptors = true;
    if (has('pause')) this.pause = (id) => this.#simple('pause', id);
    if (has('resume')) this.resume = (id) => this.#simple('resume', id);
    if (has('update')) this.update = (id, resources) => this.#update(id, resources);
    if (has('ps')) this.ps = (id) => this.#ps(id);
  }

  features(signal?: AbortSignal): Promise<RuntimeFeatures> {
    return readFeatures(this.#setup, signal);
  }

  create(request: CreateRequest, io: ChildStdio, signal?: AbortSignal): Promise<{ pid: number }> {
    const { id, bundle, pidFile, consoleSocket } = request;
    const { noPivot, noNewKeyring } = this.#setup.options;
    const args = ['--bundle', bundle, '--pid-file', pidFile, ...consoleFlags(consoleSocket), ...descriptorFlags(io)];
    if (noPivot) args.push('--no-pivot');
    if (noNewKeyring) args.push('--no-new-keyring');
    return this.#spawn({ command: 'create', id, args: [...args, id], io, signal }, pidFile);
  }

  async start(id: string, signal?: AbortSignal): Promise<void> {
    await this.#run({ command: 'start', id, args: [id], signal });
  }

  exec(id: string, request: ExecProcessRequest, io: ChildStdio, signal?: AbortSignal): Promise<{ pid: number }> {
    const { processFile, pidFile, consoleSocket } = request;
    const args = ['--detach', '--process', processFile, '--pid-file', pidFile, ...consoleFlags(consoleSocket)];
    args.push(...descriptorFlags(io));
    return this.#spawn({ command: 'exec', id, args: [...args, id], io, signal }, pidFile);
  }

  async kill(id: string, signal: number, options: { readonly all?: boolean } = {}): Promise<void> {
    const all = options.all === true ? ['--all'] : [];
    await this.#run({ command: 'kill', id, args: [...all, id, String(signal)] });
  }

  async delete(id: string, options: { readonly force?: boolean } = {}): Promise<void> {
    if (options.force !== true) return this.#simple('delete', id);
    try {
      await this.#run({ command: 'delete', id, args: ['--force', id] });
    } catch (error) {
      if (!isShimError(error) || error.code !== 'SHIM_CONTAINER_NOT_FOUND') throw error;
    }
  }

  async state(id: string): Promise<OciState> {
    const { stdout } = await this.#run({ command: 'state', id, args: [id] });
    return parseState(stdout, id, whereOf(this.#setup, { command: 'state', id }));
  }

  async #ps(id: string): Promise<number[]> {
    const { stdout } = await this.#run({ command: 'ps', id, args: ['-f', 'json', id] });
    return parsePids(stdout, whereOf(this.#setup, { command: 'ps', id }));
  }

  async #update(id: string, resources: Readonly<Record<string, unknown>>): Promise<void> {
    const { context } = this.#setup;
    const file = join(context.scratch, `resources-${randomUUID()}.json`);
    try {
      await writeFile(file, JSON.stringify(resources), { flag: 'wx', mode: 0o600 });
      await this.#run({ command: 'update', id, args: ['-r', file, id] });
    } finally {
      removeFile(context, file);
    }
  }

  async #simple(command: OciCommand, id: string): Promise<void> {
    await this.#run({ command, id, args: [id] });
  }

  /** Runs a command that leaves a process behind, and reads that process's pid. */
  async #spawn(call: Invocation, pidFile: string): Promise<{ pid: number }> {
    // A file left by an earlier attempt would pass for this one's.
    rmSync(pidFile, { force: true });
    await this.#run(call);
    const pid = readPidFile(pidFile);
    if (pid !== undefined) return { pid };
    const { path } = this.#setup.options;
    throw new ShimError('SHIM_RUNTIME_BAD_OUTPUT', `${path} ended well but wrote no pid into ${pidFile}`, {
      where: whereOf(this.#setup, call),
    });
  }

  async #run(call: Invocation): Promise<CommandResult> {
    if (!ID.test(call.id)) throw new ShimError('SHIM_INVALID_ID', `invalid container id ${JSON.stringify(call.id)}`);
    return invoke(this.#setup, call);
  }
}

/** Makes the runtime of a plugin: `create: (context, options) => createOciRuntime(context, options, dialect)`. */
export function createOciRuntime(context: RuntimeContext, options: OciOptions, dialect: Dialect): OciRuntime {
  return new OciRuntime(context, options, dialect);
}

function consoleFlags(socket: string | undefined): string[] {
  return socket === undefined ? [] : ['--console-socket', socket];
}

/** The numbers are the runtime's own: it gets them as 3, 4, … */
function descriptorFlags({ descriptors = [] }: ChildStdio): string[] {
  return descriptors.length === 0 ? [] : ['--preserve-fds', String(descriptors.length)];
}
