import { mkdirSync, readdirSync, readFileSync, rmdirSync, existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import { onTestFinished } from 'vitest';
import { isHybrid } from './runtimes.js';
import { until } from './until.js';
import { SHIMCTL, type Workbench } from './workbench.js';

const ROOT = '/sys/fs/cgroup';

/** A cgroup where systemd would have a service: in the hierarchy that tracks processes. */
export class UnitCgroup {
  readonly path: string;
  readonly #directory: string;

  constructor(private readonly bench: Workbench) {
    this.path = `/${basename(bench.directory)}.service`;
    this.#directory = join(isHybrid() ? join(ROOT, 'systemd') : ROOT, this.path);
    mkdirSync(this.#directory);
    onTestFinished(() => this.#close());
  }

  /** Runs shimctl as a process of the service. */
  async shimctl(...args: string[]): Promise<{ exitCode: number | undefined; stderr: string }> {
    const script = `echo $$ > ${this.#directory}/cgroup.procs && exec "$@"`;
    const argv = ['-c', script, 'sh', SHIMCTL, '--config', this.bench.configFile, ...args];
    const { exitCode, stderr } = await execa('sh', argv, { reject: false, stdin: 'ignore' });
    return { exitCode, stderr };
  }

  /** Everything in it and below. */
  get pids(): number[] {
    return existsSync(this.#directory) ? pidsBelow(this.#directory) : [];
  }

  /** Kills it as a service manager does, by sending KILL until none is left. */
  async kill(): Promise<void> {
    await until('the cgroup is empty', () => {
      const { pids } = this;
      for (const pid of pids) kill(pid);
      return pids.length === 0;
    });
  }

  async #close(): Promise<void> {
    await this.kill();
    removeTree(this.#directory);
  }
}

function pidsBelow(directory: string): number[] {
  const own = readFileSync(join(directory, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number);
  return [...own, ...childrenOf(directory).flatMap(pidsBelow)];
}

function childrenOf(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? [join(directory, entry.name)] : [],
  );
}

/** It may have ended since. */
function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    return;
  }
}

function removeTree(directory: string): void {
  if (!existsSync(directory)) return;
  childrenOf(directory).forEach(removeTree);
  rmdirSync(directory);
}
