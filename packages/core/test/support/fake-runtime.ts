import { closeSync, writeFileSync, writeSync } from 'node:fs';
import type { ChildStdio } from '../../src/plugin/child-stdio.js';
import { definePlugin, type PluginDefinition } from '../../src/plugin/define-plugin.js';
import type { RuntimeContext } from '../../src/plugin/plugin-context.js';
import type { CreateRequest, ExecProcessRequest, OciState, Runtime } from '../../src/plugin/runtime.js';
import { ShimError } from '../../src/plugin/shim-error.js';
import { duplicate } from './duplicate.js';
import { exitedWith, type FakeKeeper } from './fake-keeper.js';

/** A process that a {@link FakeRuntime} has started. */
export class FakeProcess {
  status: OciState['status'] = 'created';
  pending: number | undefined;

  constructor(
    private readonly keeper: FakeKeeper,
    readonly pid: number,
    private readonly outputs: { readonly stdout: number; readonly stderr: number },
  ) {}

  print(text: string, stream: 'stdout' | 'stderr' = 'stdout'): void {
    writeSync(this.outputs[stream], text);
  }

  /** Ends; `keepOutput` leaves its outputs open, as a grandchild would. */
  async exit(code: number, { keepOutput = false } = {}): Promise<void> {
    await this.end(exitedWith(code), keepOutput);
  }

  /** Sends a deadly signal: a paused process ends once it is resumed. */
  async signal(signal: number): Promise<void> {
    if (this.status === 'paused') this.pending = signal;
    else await this.end(signal);
  }

  async resume(): Promise<void> {
    this.status = 'running';
    if (this.pending !== undefined) await this.end(this.pending);
  }

  async end(waitStatus: number, keepOutput = false): Promise<void> {
    if (this.status === 'stopped') return;
    this.status = 'stopped';
    if (!keepOutput) this.closeOutputs();
    await this.keeper.exit(this.pid, waitStatus);
  }

  closeOutputs(): void {
    closeSync(this.outputs.stdout);
    closeSync(this.outputs.stderr);
  }
}

type Hook = (call: string, id: string) => void | Promise<void>;

/** A runtime in memory over a {@link FakeKeeper}. `before` may throw or wait. */
export class FakeRuntime implements Runtime {
  readonly name = 'fake';
  readonly calls: string[] = [];
  readonly processes = new Map<string, FakeProcess>();
  before: Hook = () => undefined;
  /** Just before the call returns. */
  after: Hook = () => undefined;
  /** Which signals end a process; others are ignored. */
  deadly: (signal: number) => boolean = () => true;
  context: RuntimeContext | undefined;

  constructor(private readonly keeper: FakeKeeper) {}

  get definition(): PluginDefinition<'runtime'> {
    const create = (context: RuntimeContext): Runtime => {
      this.context = context;
      return this;
    };
    return definePlugin({ kind: 'runtime', name: 'fake', apiVersion: 1, optionsSchema: { type: 'object' }, create });
  }

  process(id: string): FakeProcess {
    const found = this.processes.get(id);
    if (found === undefined) throw new ShimError('SHIM_CONTAINER_NOT_FOUND', `no container ${id}`);
    return found;
  }

  features(): Promise<{ version: string; binary: string }> {
    return Promise.resolve({ version: 'fake 1', binary: '/fake' });
  }

  create(request: CreateRequest, io: ChildStdio): Promise<{ pid: number }> {
    return this.#call(`create ${request.id}`, request.id, () => this.#make(request.id, request.pidFile, io));
  }

  start(id: string): Promise<void> {
    return this.#call(`start ${id}`, id, () => {
      this.process(id).status = 'running';
    });
  }

  exec(id: string, request: ExecProcessRequest, io: ChildStdio): Promise<{ pid: number }> {
    return this.#call(`exec ${id} ${request.execId}`, id, () => this.#make(request.execId, request.pidFile, io));
  }

  kill(id: string, signal: number, options: { readonly all?: boolean } = {}): Promise<void> {
    return this.#call(`kill ${id} ${signal}${options.all === true ? ' all' : ''}`, id, async () => {
      const process = this.process(id);
      if (process.status === 'stopped') throw new ShimError('SHIM_ILLEGAL_STATE', 'not running');
      if (this.deadly(signal)) await process.signal(signal);
    });
  }

  delete(id: string, options: { readonly force?: boolean } = {}): Promise<void> {
    return this.#call(`delete ${id}${options.force === true ? ' force' : ''}`, id, async () => {
      await this.processes.get(id)?.end(9);
      this.processes.delete(id);
    });
  }

  state(id: string): Promise<OciState> {
    return this.#call(`state ${id}`, id, () => {
      const { status, pid } = this.process(id);
      return { ociVersion: '1.0.2', id, status, pid, bundle: '/' };
    });
  }

  pause(id: string): Promise<void> {
    return this.#call(`pause ${id}`, id, () => {
      if (this.process(id).status !== 'running') throw new ShimError('SHIM_ILLEGAL_STATE', 'not running');
      this.process(id).status = 'paused';
    });
  }

  resume(id: string): Promise<void> {
    return this.#call(`resume ${id}`, id, async () => {
      if (this.process(id).status !== 'paused') throw new ShimError('SHIM_ILLEGAL_STATE', 'not paused');
      await this.process(id).resume();
    });
  }

  update(id: string, resources: Readonly<Record<string, unknown>>): Promise<void> {
    return this.#call(`update ${id} ${JSON.stringify(resources)}`, id, () => undefined);
  }

  ps(id: string): Promise<number[]> {
    return this.#call(`ps ${id}`, id, () => [this.process(id).pid]);
  }

  async #make(name: string, pidFile: string, io: ChildStdio): Promise<{ pid: number }> {
    const { pid } = await this.keeper.adopt();
    writeFileSync(pidFile, String(pid));
    this.processes.set(
      name,
      new FakeProcess(this.keeper, pid, { stdout: duplicate(io.stdout), stderr: duplicate(io.stderr) }),
    );
    return { pid };
  }

  async #call<T>(call: string, id: string, work: () => T | Promise<T>): Promise<T> {
    this.calls.push(call);
    await this.before(call, id);
    const result = await work();
    await this.after(call, id);
    return result;
  }
}
