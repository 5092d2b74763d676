import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ROOT } from '../run.mjs';
import { configText, snapshotterFor } from './config.mjs';

const START_TIMEOUT_MS = 30_000;
const POLL_MS = 20;
/** containerd looks for shims where it looks for programs. Those of this repository come first. */
const PATH = [join(ROOT, 'node_modules', '.bin'), process.env.PATH, '/usr/sbin', '/sbin'];

/** A containerd of its own: config, root, state, sockets, temporary files and log lie in one directory, whose path must be short. */
export class ContainerdDaemon {
  #child;
  #options;

  constructor(options) {
    const { directory } = options;
    this.#options = options;
    this.directory = directory;
    this.address = join(directory, 'c.sock');
    this.logFile = join(directory, 'containerd.log');
    this.temporary = join(directory, 't');
    mkdirSync(this.temporary, { recursive: true });
    this.snapshotter = options.snapshotter ?? snapshotterFor(this.temporary);
    writeFileSync(join(directory, 'config.toml'), configText({ ...options, snapshotter: this.snapshotter }));
  }

  get pid() {
    return this.#child?.pid;
  }

  /** What a `ctr` needs to find it. */
  get clientEnvironment() {
    return {
      ...process.env,
      PATH: this.#path,
      TMPDIR: this.temporary,
      CONTAINERD_ADDRESS: this.address,
      CONTAINERD_SNAPSHOTTER: this.snapshotter,
    };
  }

  get #path() {
    const { shims } = this.#options;
    return [...(shims === undefined ? [] : [shims]), ...PATH].join(delimiter);
  }

  /** Resolves when it answers; also after `stop` and `kill`, with the same directories. */
  async start() {
    const log = openSync(this.logFile, 'a');
    const env = { ...process.env, ...this.#options.env, PATH: this.#path, TMPDIR: this.temporary };
    const args = ['--config', join(this.directory, 'config.toml'), '--log-level', this.#options.logLevel ?? 'info'];
    const child = spawn('containerd', args, { env, cwd: this.directory, stdio: ['ignore', log, log] });
    closeSync(log);
    this.#child = child;
    await Promise.race([this.#answers(), this.#fails(child)]);
  }

  /** SIGTERM. */
  stop() {
    return this.#end('SIGTERM');
  }

  /** SIGKILL; its sockets' files stay. */
  kill() {
    return this.#end('SIGKILL');
  }

  /** Warnings and errors of its log, the last ones. */
  complaints(count = 20) {
    const lines = readFileSync(this.logFile, 'utf8').split('\n');
    return lines.filter((line) => /level=(warn|error|fatal)|panic/.test(line)).slice(-count);
  }

  async #answers() {
    const end = Date.now() + START_TIMEOUT_MS;
    const child = this.#child;
    while (child.exitCode === null && child.signalCode === null) {
      if (await this.#answered()) return;
      if (Date.now() > end) throw new Error(`containerd does not answer:\n${this.complaints().join('\n')}`);
      await delay(POLL_MS);
    }
  }

  #answered() {
    return new Promise((resolve) => {
      execFile('ctr', ['version'], { env: this.clientEnvironment }, (error) => resolve(error === null));
    });
  }

  async #fails(child) {
    const [outcome] = await once(child, 'exit').catch((error) => [error.message]);
    throw new Error(`containerd has ended (${outcome}):\n${this.complaints().join('\n')}`);
  }

  async #end(signal) {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }
}
