import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { findProgram } from '../../../scripts/lib/find-program.mjs';
import { expectNoMounts, expectNoProcesses, processesOf } from '../leaks.js';
import { runtimeConfig, type RuntimeName } from '../runtimes.js';
import { stateOf } from '../shim-processes.js';
import { expectNoCgroups, expectNoState } from '../state-leaks.js';
import { until } from '../until.js';
import { ConmonContainer, type ContainerOptions } from './conmon-container.js';

const KEEPER = /^(\d+) \S*holdfast-keeper /;
let count = 0;

/** A state root of its own, and containers that a caller of conmon has; all of it is gone after the test. */
export class ConmonBench {
  readonly directory: string;
  readonly root: string;
  /** Path of the runtime, and where that has its state. */
  readonly runtime: string;
  readonly runtimeRoot: string;
  readonly #containers: ConmonContainer[] = [];

  constructor(runtime: RuntimeName, parent = tmpdir()) {
    this.directory = mkdtempSync(join(parent, 'hf-c'));
    this.root = join(this.directory, 'r');
    this.runtimeRoot = join(this.directory, 'runtime');
    mkdirSync(this.runtimeRoot);
    this.runtime = pathOf(runtime, this.directory);
    onTestFinished(() => this.#close());
  }

  /** A container whose program is the shell script. */
  container(script: string, options: ContainerOptions = {}): ConmonContainer {
    const container = new ConmonContainer(this, `hfc${process.pid}x${++count}`, { script, ...options });
    this.#containers.push(container);
    return container;
  }

  /** What conmon is given of the environment. */
  get environment(): Record<string, string> {
    return { PATH: process.env['PATH'] ?? '', HOLDFAST_ROOT: this.root };
  }

  /** The keeper of all of them. */
  async keeper(): Promise<number> {
    return until('a keeper runs', () => this.#keepers()[0]);
  }

  /** Names of what shimd has records of. */
  get kept(): string[] {
    return names(join(this.root, 'ns', 'conmon'));
  }

  #keepers(): number[] {
    return processesOf(`${this.root} `)
      .flatMap((each) => KEEPER.exec(each)?.[1] ?? [])
      .map(Number)
      .filter((pid) => stateOf(pid) !== 'Z');
  }

  async #close(): Promise<void> {
    for (const container of this.#containers) await container.remove();
    await until('nothing is kept', () => this.kept.length === 0);
    // Granted where nothing is to be lost.
    for (const pid of this.#keepers()) process.kill(pid, 'SIGTERM');
    await expectNoProcesses(this.directory);
    await expectNoCgroups(this.root);
    expectNoState(this.root);
    expectNoMounts(this.directory);
    rmSync(this.directory, { recursive: true, force: true });
  }
}

function names(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function pathOf(name: RuntimeName, directory: string): string {
  const entry = runtimeConfig(name, directory) as Record<string, { options: { path: string } }>;
  const path = entry[name]?.options.path ?? name;
  const found = path.startsWith('/') ? path : findProgram(path);
  if (found === undefined) throw new Error(`${name} is not installed`);
  return found;
}
