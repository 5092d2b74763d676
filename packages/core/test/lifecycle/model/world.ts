import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecDocument } from '../../../src/api/documents.js';
import { expect } from 'vitest';
import { LazyValidators } from '../../../src/config/validators.js';
import { composeShim, type ComposedShim } from '../../../src/di/compose-shim.js';
import { LOCATE_CGROUPS, PLUGIN_SOURCE } from '../../../src/di/tokens.js';
import type { Keeper } from '../../../src/keeper/keeper.js';
import type { Shim } from '../../../src/lifecycle/shim.js';
import { within } from '../../../src/logging/deadline.js';
import type { Runtime } from '../../../src/plugin/runtime.js';
import { isShimError, ShimError } from '../../../src/plugin/shim-error.js';
import { PluginRegistry } from '../../../src/plugins/plugin-registry.js';
import type { FakeProcess } from '../../support/fake-runtime.js';
import { REF, ShimFixture } from '../../support/shim-fixture.js';
import { Life, seenBy } from './life.js';
import type { Waiter } from './waiter.js';

const KEEPER_CALLS = ['hold', 'drop', 'fetch', 'spawn'] as const;
const RUNTIME_CALLS = ['create', 'start', 'exec', 'kill', 'delete', 'state', 'pause', 'resume'] as const;
/** What a process may be sent that does not end it. */
export const HARMLESS_SIGNAL = 10;
export const TERM = 15;
const KILL = 9;

/** How long things take where a real shim gives them seconds. */
const LIMITS = { runtimeTimeoutMs: 2_000, drainTimeoutMs: 20, stopTimeoutMs: 5, logTimeoutMs: 200 };

/** One container's world: a keeper, a runtime and a state directory that outlive every shimd. */
export class World {
  readonly fixture = new ShimFixture();
  life = new Life();
  /** They wait on, whatever becomes of shimd. */
  readonly waiters: Waiter[] = [];
  /** What was done to it, for whoever has to find out why it failed. */
  readonly told: string[] = [];
  #composed: ComposedShim | undefined;

  constructor(
    readonly newLife: () => Life = () => new Life(),
    ignoresTerm = false,
  ) {
    const harmless = ignoresTerm ? [HARMLESS_SIGNAL, TERM] : [HARMLESS_SIGNAL];
    this.fixture.runtime.deadly = (signal) => !harmless.includes(signal);
  }

  get shim(): Shim {
    if (this.#composed === undefined) throw new Error('no shimd lives');
    return this.#composed.shim;
  }

  request(requestId: string): Parameters<Shim['create']>[0] {
    return { ...this.fixture.request({ config: this.fixture.config(LIMITS) }), requestId };
  }

  /** The container's init, as long as it runs. */
  get init(): FakeProcess | undefined {
    return this.#alive(REF.id);
  }

  execProcess(execId: string): FakeProcess | undefined {
    return this.#alive(execId);
  }

  /** A shimd is started and takes up what is there; it may die of it. */
  async live(life = this.newLife()): Promise<void> {
    this.life = life;
    const { containers } = (this.#composed = life.run(() => this.#compose(life)));
    await Promise.race([life.run(() => containers.recover()), life.died]);
    if (!life.dead) for (const waiter of this.waiters) waiter.ask();
  }

  /** shimd is dead, or dies now. What it had asked of others has been done. */
  async die(): Promise<void> {
    this.life.kill();
    this.fixture.keeper.onExit = () => undefined;
    await this.life.quiet();
    this.#composed?.close();
    this.#composed = undefined;
  }

  /** Init ends by itself. */
  async exitInit(code: number): Promise<void> {
    await this.init?.exit(code);
    await this.#endNamespace();
  }

  /** Every exec session as shimd shows it. */
  execs(): Record<string, Pick<ExecDocument, 'status' | 'exit'>> {
    const { execs } = (this.#composed as ComposedShim).containers.get(REF);
    return Object.fromEntries(
      execs.ids.map((id) => {
        const { status, exit } = execs.get(id).document();
        return [id, { status, exit }];
      }),
    );
  }

  /** Removes the container and fails unless everybody has been told of its end and nothing of it is left. */
  async close(): Promise<void> {
    await this.shim.delete(REF, { requestId: 'close', force: true }).catch((error: unknown) => {
      if (!isShimError(error) || error.code !== 'SHIM_CONTAINER_NOT_FOUND') throw error;
    });
    for (const { answer } of this.waiters) expect(await within(5_000, answer), 'a wait ends').toBe(true);
    await this.die();
    expect(this.leftovers).toEqual([]);
  }

  /** What must not change by what is refused. */
  snapshot(): unknown {
    const { fixture } = this;
    const directory = fixture.layout.container(REF);
    const texts = jsonBelow(directory).map((path) => [path, readFileSync(path, 'utf8')]);
    return { calls: fixture.runtime.calls.length, texts, held: [...fixture.keeper.held.keys()].sort() };
  }

  /** What is left of a container, by name; nothing once it is deleted. */
  get leftovers(): string[] {
    const { keeper, runtime, layout } = this.fixture;
    return [
      ...[...keeper.held.keys()].map((key) => `held ${key}`),
      ...keeper.alive.map((pid) => `process ${pid}`),
      ...keeper.kept.map(({ pid }) => `exit of ${pid}`),
      ...[...runtime.processes.keys()].filter((name) => name === REF.id).map((name) => `container ${name}`),
      ...(existsSync(layout.container(REF)) ? [layout.container(REF)] : []),
    ];
  }

  #alive(name: string): FakeProcess | undefined {
    const process = this.fixture.runtime.processes.get(name);
    return process?.status === 'stopped' ? undefined : process;
  }

  #compose(life: Life): ComposedShim {
    const { fixture } = this;
    const keeper = mortalKeeper(life, fixture.keeper);
    return composeShim({
      keeper,
      welcome: fixture.keeper.welcome(),
      layout: fixture.layout,
      info: { pid: process.pid, keeperPid: fixture.keeper.pid, group: 'default', version: '0.0.0' },
      logger: fixture.logger,
      registry: new PluginRegistry([]),
      validators: new LazyValidators(),
      logHost: '/nonexistent',
      override: (root) => {
        const runtime = this.#runtime(life);
        root.register(LOCATE_CGROUPS, { useValue: () => undefined });
        root.register(PLUGIN_SOURCE, {
          useValue: {
            load: async (kind: never, resolved: never) => {
              const loaded = await fixture.plugins.load(kind, resolved);
              if (kind !== 'runtime') return loaded;
              return { ...loaded, definition: { ...loaded.definition, create: () => runtime } as never };
            },
          },
        });
      },
    });
  }

  /** The runtime as a kernel makes it: a program starts once, and what runs in a pid namespace ends with its init. */
  #runtime(life: Life): Runtime {
    const { runtime } = this.fixture;
    return seenBy(life, this.#kernel(runtime), RUNTIME_CALLS);
  }

  #kernel(runtime: Runtime): Runtime {
    const after = async <T>(work: Promise<T>): Promise<T> => {
      try {
        return await work;
      } finally {
        await this.#endNamespace();
      }
    };
    return new Proxy(runtime, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]): Promise<unknown> => {
          if (name === 'start' && this.init?.status !== 'created') return refused('cannot start it');
          if (name === 'exec' && this.init?.status !== 'running') return refused('cannot exec in it');
          return after(Reflect.apply(value, target, args) as Promise<unknown>);
        };
      },
    });
  }

  async #endNamespace(): Promise<void> {
    const { processes } = this.fixture.runtime;
    if (this.init !== undefined) return;
    for (const [name, process] of [...processes]) if (name !== REF.id) await process.end(KILL);
  }
}

function refused(message: string): Promise<never> {
  return Promise.reject(new ShimError('SHIM_ILLEGAL_STATE', message));
}

/** Its word to the keeper counts as long as it lives, and it hears of exits so long. */
function mortalKeeper(life: Life, keeper: ShimFixture['keeper']): Keeper {
  const seen = seenBy(life, keeper, KEEPER_CALLS);
  return new Proxy(seen, {
    get: (target, name) => {
      if (name === 'acknowledge') return (seq: bigint) => (life.dead ? undefined : keeper.acknowledge(seq));
      return Reflect.get(target, name) as unknown;
    },
    set: (_target, name, value: Keeper['onExit']) => {
      if (name !== 'onExit') return false;
      keeper.onExit = (exit) => (life.dead ? undefined : life.run(() => value(exit)));
      return true;
    },
  });
}

function jsonBelow(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
