import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa, type Options, type ResultPromise } from 'execa';
import { onTestFinished } from 'vitest';
import type { ContainerDocument } from '@holdfast/core/client';
import { makeBundle } from '../../scripts/lib/busybox-bundle.mjs';
import { FreezableDisk } from './freezable-disk.js';
import { BenchShims } from './bench-shims.js';
import { IdleShim } from './idle-shim.js';
import { expectNoMounts, expectNoProcesses } from './leaks.js';
import { runtimeConfig, type RuntimeName } from './runtimes.js';
import { expectNoCgroups, expectNoLogs, expectNoState } from './state-leaks.js';

const ROOT = join(import.meta.dirname, '..', '..');
/** The command under test. */
export const SHIMCTL = join(ROOT, 'node_modules', '.bin', 'shimctl');
/** True: commands run in shimd where they can, as the launcher has them; else each in a Node of its own. */
export const THROUGH_SHIMD = process.env['HOLDFAST_TEST_LAUNCHER'] === '1';
/** A build of shimd in which fault points are alive. */
export const FAULTY_SHIMD = join(ROOT, 'packages', 'shimctl', 'dist', 'shimd.faults.cjs');
/** One root file system for all bundles of a test run; containers write to mounts of their own. */
const ROOTFS = join(tmpdir(), 'holdfast-test-rootfs');

export interface WorkbenchOptions {
  readonly runtime?: RuntimeName;
  /** Laid over the config of the workbench. */
  readonly config?: Record<string, unknown>;
  /** For every shimctl. */
  readonly env?: Record<string, string>;
}

type ShimctlResult = ResultPromise<{ reject: false }>;

/** A shim of its own, with a config, a state root and a log root that are gone, with all that lives in them, after the test. */
export class Workbench {
  readonly directory = mkdtempSync(join(tmpdir(), 'hf-'));
  readonly root = join(this.directory, 'r');
  readonly logRoot = join(this.directory, 'l');
  readonly configFile = join(this.directory, 'config.json');
  readonly runtime: RuntimeName;
  readonly #mounts: string[] = [];

  constructor(private readonly options: WorkbenchOptions = {}) {
    this.runtime = options.runtime ?? 'runc';
    this.writeConfig(options.config ?? {});
    onTestFinished(() => this.#close());
  }

  /** Replaces the config file. */
  writeConfig(config: Record<string, unknown>): void {
    const { root, logRoot, runtime } = this;
    const base = {
      root,
      logRoot,
      runtime,
      runtimes: runtimeConfig(runtime, this.directory),
      shim: { idleTimeout: '100ms' },
    };
    writeFileSync(this.configFile, JSON.stringify({ ...base, ...config }, null, 2));
  }

  /** Makes a bundle whose program is `args`. */
  bundle(name: string, args: readonly string[], options: Partial<Parameters<typeof makeBundle>[0]> = {}): string {
    const directory = join(this.directory, name);
    mkdirSync(directory, { recursive: true });
    makeBundle({ rootfs: ROOTFS, readonly: true, ...options, directory, args });
    return directory;
  }

  /** A bundle that runs a shell script. */
  script(name: string, script: string, options: Partial<Parameters<typeof makeBundle>[0]> = {}): string {
    return this.bundle(name, ['sh', '-c', script], options);
  }

  /** A small disk, mounted until the test is over. */
  tmpfs(name: string, size: string): string {
    const path = join(this.directory, name);
    mkdirSync(path);
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=700`, 'tmpfs', path]);
    this.#mounts.push(path);
    return path;
  }

  /** A disk that can be frozen, mounted until the test is over. */
  freezableDisk(name: string): FreezableDisk {
    const disk = new FreezableDisk(join(this.directory, name));
    this.#mounts.push(disk.path);
    return disk;
  }

  /** Runs shimctl to its end; look at `exitCode`. */
  shimctl(args: readonly string[], options: Options = {}): ShimctlResult {
    const env = { ...this.#launcher, ...this.options.env, ...(options.env as Record<string, string> | undefined) };
    return execa(SHIMCTL, ['--config', this.configFile, ...args], {
      timeout: 60_000,
      ...(options.stdio === undefined ? { stdin: 'ignore' as const } : {}),
      ...options,
      env,
      reject: false,
    }) as ShimctlResult;
  }

  /** The command line of a shimctl that somebody else runs. */
  line(...args: readonly string[]): string[] {
    const env = Object.entries({ ...this.#launcher, ...this.options.env }).map((pair) => pair.join('='));
    return ['/usr/bin/env', ...env, SHIMCTL, '--config', this.configFile, ...args];
  }

  /** Runs shimctl and throws with all it said unless it exits with 0. Returns its stdout. */
  async ok(...args: string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await this.shimctl(args);
    if (exitCode !== 0)
      throw new Error(`shimctl ${args.join(' ')}: exit ${exitCode}\n${String(stderr)}\n${String(stdout)}`);
    return String(stdout);
  }

  async inspect(id: string): Promise<ContainerDocument> {
    return this.#shims.inspect(id);
  }

  get #shims(): BenchShims {
    return new BenchShims(this.root, this.options.env);
  }

  /** One whose state can't be read is shimctl's: its group is not known. */
  async #remove({ id, status }: ContainerDocument): Promise<void> {
    if (status === 'unknown') await this.shimctl(['delete', '--force', id]);
    else await this.#shims.remove(id);
  }

  /** The launcher reads no config: it has to be told where shims are. */
  get #launcher(): Record<string, string> {
    return THROUGH_SHIMD ? { HOLDFAST_ROOT: this.root } : {};
  }

  async #close(): Promise<void> {
    const containers = await this.#shims.list();
    const shims = await IdleShim.of(containers);
    for (const container of containers) await this.#remove(container);
    for (const shim of shims) await shim.expectNothingOpen(this.directory).finally(() => shim.release());
    await expectNoProcesses(this.directory);
    await expectNoCgroups(this.root);
    expectNoState(this.root);
    expectNoLogs(this.logRoot);
    for (const path of this.#mounts) execFileSync('umount', [path]);
    expectNoMounts(this.directory);
    rmSync(this.directory, { recursive: true, force: true });
  }
}
