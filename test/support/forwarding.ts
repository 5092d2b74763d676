import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { StateLayout } from '@holdfast/core';
import type { ContainerConfig, CreateContainerRequest, CreateExecRequest, ExitDocument } from '@holdfast/core/client';
import { ApiProbe } from './api-probe.js';
import type { RuntimeName } from './runtimes.js';
import { Workbench } from './workbench.js';

/** How a container is to be made. */
export interface Wanted extends Pick<CreateContainerRequest, 'forward' | 'terminal' | 'terminalSize'> {
  /** It has the config's log drivers; else none. */
  readonly logged?: boolean;
  readonly drainTimeoutMs?: number;
}

/** Asks a shim for containers and exec sessions whose stdio is forwarded, as a front end does. */
export class Forwarding {
  readonly bench: Workbench;
  readonly api: ApiProbe;
  #config!: ContainerConfig;

  private constructor(runtime: RuntimeName) {
    this.bench = new Workbench({ runtime });
    this.api = new ApiProbe(this.bench.root);
  }

  /** With the container c0, which sleeps. `env`: for the shim. */
  static async start(runtime: RuntimeName, env: (bench: Workbench) => Record<string, string> = () => ({})) {
    const made = new Forwarding(runtime);
    const { bench } = made;
    const bundle = bench.script('c0-bundle', 'exec sleep 1000');
    const { exitCode, stderr } = await bench.shimctl(['run', '-d', '-b', bundle, 'c0'], { env: env(bench) });
    if (exitCode !== 0) throw new Error(String(stderr));
    const file = join(new StateLayout(bench.root).container({ namespace: 'default', id: 'c0' }), 'request.json');
    made.#config = (JSON.parse(readFileSync(file, 'utf8')) as { config: ContainerConfig }).config;
    return made;
  }

  /** Makes a FIFO and reads it to its end. */
  async reader(name: string): Promise<{ path: string; text: Promise<string> }> {
    const path = this.fifo(name);
    const reading = execa('cat', [path], { maxBuffer: 1 << 30, stripFinalNewline: false });
    await Promise.resolve();
    return { path, text: reading.then(({ stdout }) => stdout) };
  }

  fifo(name: string): string {
    const path = join(this.bench.directory, `fifo-${name}`);
    execFileSync('mkfifo', [path]);
    return path;
  }

  body(id: string, bundle: string, { logged = false, drainTimeoutMs, ...wanted }: Wanted): CreateContainerRequest {
    const logDirectory = join(dirname(this.#config.logDirectory), id);
    const limits = { ...this.#config.limits, ...(drainTimeoutMs !== undefined && { drainTimeoutMs }) };
    const config = { ...this.#config, ...(!logged && { logs: [] }), logDirectory, limits };
    const ref = { namespace: 'default', id };
    return { ...ref, requestId: randomUUID(), bundle, config, stdin: false, autoRemove: false, ...wanted };
  }

  async create(id: string, bundle: string, wanted: Wanted): Promise<void> {
    await this.api.call('create', { body: this.body(id, bundle, wanted) });
  }

  /** Resolves once it has ended and its output has been passed on. */
  async run(id: string, script: string, wanted: Wanted): Promise<number> {
    await this.create(id, this.bench.script(`${id}-bundle`, script), wanted);
    await this.bench.ok('start', id);
    return Number(await this.bench.ok('wait', id));
  }

  execBody(execId: string, script: string, more: Partial<CreateExecRequest>): CreateExecRequest {
    const process = { args: ['sh', '-c', script], cwd: '/', env: ['PATH=/bin'], user: { uid: 0, gid: 0 } };
    return { execId, requestId: randomUUID(), process, stdin: false, detached: true, ...more };
  }

  /** Runs a script in c0. Resolves as `run` does. */
  async exec(execId: string, script: string, more: Partial<CreateExecRequest>): Promise<ExitDocument> {
    const path = await this.startExec(execId, script, more);
    return this.api.call<ExitDocument>('waitExec', { path });
  }

  async startExec(execId: string, script: string, more: Partial<CreateExecRequest>): Promise<Record<string, string>> {
    const c0 = { namespace: 'default', id: 'c0' };
    await this.api.call('createExec', { path: c0, body: this.execBody(execId, script, more) });
    const path = { ...c0, execId };
    await this.api.call('startExec', { path, body: { requestId: randomUUID() } });
    return path;
  }
}
