import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, chmodSync, constants, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const BINARIES = ['/usr/bin/containerd', '/usr/bin/ctr'];
/** Of what containerd would load, what needs a disk of its own, and what writes outside its directories. */
const DISABLED = [
  'io.containerd.grpc.v1.cri',
  'io.containerd.internal.v1.opt',
  'io.containerd.internal.v1.tracing',
  'io.containerd.snapshotter.v1.aufs',
  'io.containerd.snapshotter.v1.btrfs',
  'io.containerd.snapshotter.v1.devmapper',
  'io.containerd.snapshotter.v1.overlayfs',
  'io.containerd.snapshotter.v1.zfs',
];

/** Why there is no containerd to test with; undefined if there is. */
export function withoutContainerd(): string | undefined {
  if (process.getuid?.() !== 0) return 'containerd needs root';
  try {
    for (const path of BINARIES) accessSync(path, constants.X_OK);
    return undefined;
  } catch {
    return `${BINARIES.join(' and ')} are not installed`;
  }
}

/** A containerd of its own: root, state and sockets below one temporary directory. */
export class Containerd {
  readonly directory = mkdtempSync(join(tmpdir(), 'hf-ctrd-'));
  readonly address = join(this.directory, 'c.sock');
  /** First in its PATH. */
  readonly bin = join(this.directory, 'bin');
  #daemon: ChildProcess | undefined;
  #log = '';

  get ttrpcAddress(): string {
    return `${this.address}.ttrpc`;
  }

  async start(): Promise<void> {
    const config = join(this.directory, 'config.toml');
    mkdirSync(this.bin);
    writeFileSync(
      config,
      `version = 2
root = "${this.directory}/root"
state = "${this.directory}/state"
disabled_plugins = ${JSON.stringify(DISABLED)}
[grpc]
  address = "${this.address}"
[ttrpc]
  address = "${this.ttrpcAddress}"
`,
    );
    const env = { ...process.env, PATH: `${this.bin}:${process.env['PATH']}` };
    const daemon = spawn(BINARIES[0]!, ['--config', config], { stdio: ['ignore', 'ignore', 'pipe'], env });
    this.#daemon = daemon;
    await new Promise<void>((resolve, reject) => {
      daemon.once('exit', (code) => reject(new Error(`containerd exited with ${code}:\n${this.#log}`)));
      daemon.stderr.setEncoding('utf8').on('data', (text: string) => {
        this.#log += text;
        if (this.#log.includes('containerd successfully booted')) resolve();
      });
    });
  }

  /** Puts an executable `name` in containerd's PATH. */
  install(name: string, script: string): void {
    const path = join(this.bin, name);
    writeFileSync(path, script);
    chmodSync(path, 0o755);
  }

  /** Runs ctr to its end. Rejects, with `code`, if it fails. */
  ctr(...args: string[]): Promise<{ stdout: string; stderr: string }> {
    return run(BINARIES[1]!, ['--address', this.address, ...args]);
  }

  /** Starts ctr. */
  spawnCtr(...args: string[]): ChildProcess {
    return spawn(BINARIES[1]!, ['--address', this.address, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  }

  async close(): Promise<void> {
    const daemon = this.#daemon;
    if (daemon !== undefined && daemon.exitCode === null && daemon.signalCode === null) {
      const exited = once(daemon, 'exit');
      daemon.kill('SIGTERM');
      await exited;
    }
    rmSync(this.directory, { recursive: true, force: true });
  }
}
