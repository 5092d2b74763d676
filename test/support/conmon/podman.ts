import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa, type ResultPromise } from 'execa';
import { onTestFinished } from 'vitest';
import { makeRootfs } from '../../../scripts/lib/busybox-bundle.mjs';
import { findProgram } from '../../../scripts/lib/find-program.mjs';
import { expectNoMounts, expectNoProcesses, processesOf } from '../leaks.js';
import { Person } from '../person.js';
import { runtimeConfig, type RuntimeName } from '../runtimes.js';
import { expectNoCgroups, expectNoState } from '../state-leaks.js';
import { until } from '../until.js';
import { CONMON } from './conmon-call.js';

export const PODMAN_IS_MISSING = findProgram('podman') === undefined;
export const IMAGE = 'bb';
const ROOTFS = join(tmpdir(), 'holdfast-test-rootfs');

export interface PodmanResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A podman with storage, state and config of its own, and holdfast in the place of conmon; all of it is gone after the test. */
export class Podman {
  readonly directory = mkdtempSync(join(tmpdir(), 'hf-p'));
  readonly root = join(this.directory, 'r');

  private constructor(runtime: RuntimeName) {
    for (const name of ['t', 'tmp']) mkdirSync(join(this.directory, name));
    this.#configure(runtime);
  }

  static async start(runtime: RuntimeName = 'runc'): Promise<Podman> {
    const podman = new Podman(runtime);
    onTestFinished(() => podman.#close());
    makeRootfs(ROOTFS);
    const image = join(podman.directory, 'image.tar');
    execFileSync('tar', ['-C', ROOTFS, '-cf', image, '.']);
    await podman.ok('import', image, IMAGE);
    rmSync(image);
    return podman;
  }

  /** Starts a command that may go on. */
  spawn(args: readonly string[], options: { input?: string; stdio?: readonly unknown[] } = {}): ResultPromise {
    const { input } = options;
    const given =
      options.stdio === undefined ? (input === undefined ? { stdin: 'ignore' } : { input }) : { stdio: options.stdio };
    return execa('podman', [...this.#global, ...args], {
      ...given,
      ...{ env: this.#environment, reject: false, timeout: 60_000, stripFinalNewline: false },
    } as object);
  }

  /** Runs a command to its end. */
  async call(...args: string[]): Promise<PodmanResult> {
    return result(await this.spawn(args));
  }

  async callWith(input: string, ...args: string[]): Promise<PodmanResult> {
    return result(await this.spawn(args, { input }));
  }

  /** The stdout of one that must exit with 0, without its last newline. */
  async ok(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.call(...args);
    if (code !== 0) throw new Error(`podman ${args.join(' ')}: exit ${code}\n${stderr}${stdout}`);
    return stdout.replace(/\n$/, '');
  }

  inspect(name: string, format: string): Promise<string> {
    return this.ok('container', 'inspect', '--format', format, name);
  }

  /** Somebody who types it at a terminal. */
  terminal(args: readonly string[], size: { rows: number; columns: number }): Promise<Person> {
    const env = Object.entries(this.#environment).map((pair) => pair.join('='));
    return Person.runs(['env', ...env, 'podman', ...this.#global, ...args], size);
  }

  async keeper(): Promise<number> {
    return until('a keeper runs', () => this.#keepers()[0]);
  }

  /** Names of what shimd has records of. */
  get kept(): string[] {
    try {
      return readdirSync(join(this.root, 'ns', 'conmon'));
    } catch {
      return [];
    }
  }

  get #environment(): Record<string, string> {
    const place = (name: string): string => join(this.directory, name);
    return {
      CONTAINERS_CONF: place('containers.conf'),
      CONTAINERS_STORAGE_CONF: place('storage.conf'),
      HOLDFAST_ROOT: this.root,
      TMPDIR: place('tmp'),
    };
  }

  get #global(): string[] {
    return ['--tmpdir', join(this.directory, 't')];
  }

  #configure(runtime: RuntimeName): void {
    const place = (name: string): string => join(this.directory, name);
    const entry = runtimeConfig(runtime, this.directory) as Record<string, { options: { path: string } }>;
    const path = entry[runtime]?.options.path ?? runtime;
    const program = path.startsWith('/') ? path : findProgram(path);
    const text = JSON.stringify;
    writeFileSync(
      place('containers.conf'),
      `[containers]
default_ulimits=["nofile=1024:1024","nproc=4096:4096"]
netns="host"
cgroupns="host"
log_driver="k8s-file"
oom_score_adj=0
[engine]
cgroup_manager="cgroupfs"
events_logger="file"
runtime=${text(runtime)}
conmon_path=[${text(CONMON)}]
conmon_env_vars=[${text(`PATH=${process.env['PATH'] ?? ''}`)},${text(`HOLDFAST_ROOT=${this.root}`)}]
[engine.runtimes]
${runtime}=[${text(program)}]
`,
    );
    writeFileSync(
      place('storage.conf'),
      `[storage]\ndriver="vfs"\nrunroot=${text(place('run'))}\ngraphroot=${text(place('graph'))}\n`,
    );
  }

  #keepers(): number[] {
    const found = processesOf(`${this.root} `).map((each) => /^(\d+) \S*holdfast-keeper /.exec(each)?.[1]);
    return found.filter((pid) => pid !== undefined).map(Number);
  }

  async #close(): Promise<void> {
    await this.call('pod', 'rm', '--all', '--force', '--time', '0');
    await this.call('rm', '--all', '--force', '--time', '0');
    await until('nothing is kept', () => this.kept.length === 0);
    for (const pid of this.#keepers()) process.kill(pid, 'SIGTERM');
    await expectNoProcesses(this.directory);
    await expectNoCgroups(this.root);
    expectNoState(this.root);
    for (const mount of mountsBelow(this.directory)) execFileSync('umount', [mount]);
    expectNoMounts(this.directory);
    rmSync(this.directory, { recursive: true, force: true });
  }
}

function result({ exitCode, stdout, stderr }: Awaited<ResultPromise>): PodmanResult {
  return { code: exitCode ?? -1, stdout: String(stdout), stderr: String(stderr) };
}

/** podman leaves its storage mounted on itself. */
function mountsBelow(directory: string): string[] {
  const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n');
  return mounts
    .flatMap((line) => (line.split(' ')[1]?.startsWith(directory) ? [line.split(' ')[1] as string] : []))
    .reverse();
}
