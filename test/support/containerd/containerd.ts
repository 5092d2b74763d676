import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { busyboxImage } from '../../../scripts/lib/containerd/busybox-image.mjs';
import { ContainerdDaemon } from '../../../scripts/lib/containerd/daemon.mjs';
import { runtimeConfig } from '../runtimes.js';
import { Ctr } from './ctr.js';
import { censusOf, settledCensus } from './census.js';
import { removeAll } from './remove-all.js';
import { sweep } from './sweep.js';

const SHIM = join(import.meta.dirname, '../../../node_modules/.bin/containerd-shim-holdfast-v1');

export interface ContainerdOptions {
  /** What `ctr` runs containers on. */
  readonly runtime?: string;
  /** Laid over the holdfast config that the shim finds. */
  readonly holdfast?: Readonly<Record<string, unknown>>;
  /** For it and its shims. */
  readonly env?: Readonly<Record<string, string>>;
  /** The CRI plugin is on, with these runtimes by the name of their handlers. */
  readonly handlers?: Readonly<Record<string, string>>;
  /** Has holdfast's shim stand under the name of containerd's own as well, for clients that know no other. */
  readonly asRunc?: boolean;
}

/** A containerd of its own, with the busybox image in its namespace. After the test nothing of it is left, or the test fails. */
export class Containerd {
  /** Of holdfast's state. */
  readonly root: string;
  readonly ctr: Ctr;
  readonly #closers: (() => Promise<void>)[] = [];
  readonly #unmounts: (() => void)[] = [];

  private constructor(
    readonly directory: string,
    readonly daemon: ContainerdDaemon,
    runtime: string,
  ) {
    this.root = join(directory, 'h');
    this.ctr = new Ctr(daemon, { namespace: this.namespace, runtime });
  }

  static async start(options: ContainerdOptions = {}): Promise<Containerd> {
    const directory = mkdtempSync(join(tmpdir(), 'hfc-'));
    const config = writeHoldfastConfig(directory, options.holdfast ?? {});
    const cri = options.handlers && { handlers: options.handlers };
    const env = { HOLDFAST_ROOT: join(directory, 'h'), HOLDFAST_CONFIG: config, ...options.env };
    const shims = options.asRunc === true ? linkAsRunc(directory) : undefined;
    const daemon = new ContainerdDaemon({ directory, env, cri, shims, logLevel: 'debug' });
    const containerd = new Containerd(directory, daemon, options.runtime ?? 'io.containerd.runc.v2');
    onTestFinished(() => containerd.#close());
    await daemon.start();
    await containerd.import(containerd.namespace);
    return containerd;
  }

  /** The one that `ctr` uses; also the name of its cgroups, unlike those of any other containerd. */
  get namespace(): string {
    return basename(this.directory);
  }

  /** Brings the images into a further namespace. */
  async import(namespace: string): Promise<void> {
    await this.ctr.in(namespace).ok('images', 'import', busyboxImage(tmpdir()));
  }

  /** Runs before the containers of a test are removed; the last first. */
  onClose(close: () => Promise<void>): void {
    this.#closers.unshift(close);
  }

  /** Runs when all of them are gone. */
  onUnmount(unmount: () => void): void {
    this.#unmounts.push(unmount);
  }

  /** SIGTERM or SIGKILL, and a start with the same directories. */
  async restart(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    await (signal === 'SIGTERM' ? this.daemon.stop() : this.daemon.kill());
    await this.daemon.start();
  }

  async #close(): Promise<void> {
    const failures: string[] = [];
    const attempt = (task: () => Promise<void>): Promise<void> =>
      task().catch((error: unknown) => void failures.push(String(error)));
    for (const close of this.#closers) await attempt(close);
    await this.ctr.killClients();
    // Clients make and remove them, and those that were killed do not.
    rmSync(join(this.directory, 'f'), { recursive: true, force: true });
    if (this.daemon.pid === undefined) await attempt(() => this.daemon.start());
    await attempt(() => removeAll(this.ctr));
    failures.push(...(await settledCensus(() => censusOf(this))));
    await this.daemon.stop();
    if (failures.length > 0) failures.push(...this.daemon.complaints());
    for (const unmount of this.#unmounts) unmount();
    failures.push(...sweep(this));
    rmSync(this.directory, { recursive: true, force: true });
    if (failures.length > 0) throw new Error(`left by the test, or in the way of its end:\n${failures.join('\n')}`);
  }
}

function writeHoldfastConfig(directory: string, config: Readonly<Record<string, unknown>>): string {
  const path = join(directory, 'holdfast.json');
  const base = {
    root: join(directory, 'h'),
    logRoot: join(directory, 'l'),
    runtime: 'runc',
    runtimes: { ...runtimeConfig('runc', directory), ...runtimeConfig('crun', directory) },
    shim: { idleTimeout: '100ms' },
  };
  writeFileSync(path, JSON.stringify({ ...base, ...config }, null, 2));
  return path;
}

function linkAsRunc(directory: string): string {
  const shims = join(directory, 'b');
  mkdirSync(shims);
  symlinkSync(realpathSync(SHIM), join(shims, 'containerd-shim-runc-v2'));
  return shims;
}
