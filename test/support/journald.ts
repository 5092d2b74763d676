import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { until } from './until.js';

const run = promisify(execFile);
const JOURNALD = '/lib/systemd/systemd-journald';
const JOURNALS = '/run/log/journal';
let count = 0;

/** Lines of journald.conf that make it keep everything. It leaves when it is idle unless it has something to remove some day. */
const SETTINGS = {
  Storage: 'volatile',
  MaxRetentionSec: '1day',
  RateLimitIntervalSec: '0',
  RateLimitBurst: '0',
};

/** A systemd-journald of its own, in a journal namespace of its own; needs root, and no systemd that runs. */
export class PrivateJournald {
  readonly namespace = `holdfast${process.pid}x${++count}`;
  readonly #conf = `/run/systemd/journald@${this.namespace}.conf.d`;
  readonly #run = `/run/systemd/journal.${this.namespace}`;
  #process: ChildProcess | undefined;

  private constructor(settings: Partial<typeof SETTINGS>) {
    mkdirSync(this.#conf, { recursive: true });
    const lines = Object.entries({ ...SETTINGS, ...settings }).map(([key, value]) => `${key}=${value}\n`);
    writeFileSync(join(this.#conf, 'test.conf'), `[Journal]\n${lines.join('')}`);
  }

  static async start(settings: Partial<typeof SETTINGS> = {}): Promise<PrivateJournald> {
    const journald = new PrivateJournald(settings);
    await journald.start();
    return journald;
  }

  get socket(): string {
    return join(this.#run, 'socket');
  }

  async start(): Promise<void> {
    const child = spawn(JOURNALD, [this.namespace], { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (text: Buffer) => (said += text.toString()));
    this.#process = child;
    await until('journald answers', () => {
      if (child.exitCode !== null) throw new Error(`journald has ended: ${said}`);
      return this.journalctl('--sync').then(
        () => true,
        () => false,
      );
    });
  }

  signal(signal: NodeJS.Signals): void {
    this.#process?.kill(signal);
  }

  /** SIGKILL; its sockets' files stay. */
  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  /** Ends it and removes all that it has made. */
  async remove(): Promise<void> {
    await this.kill();
    for (const path of [this.#run, this.#conf, ...this.#journals()]) rmSync(path, { recursive: true, force: true });
  }

  async journalctl(...args: string[]): Promise<string> {
    const { stdout } = await run('journalctl', [`--namespace=${this.namespace}`, '--quiet', ...args]);
    return stdout;
  }

  /** Its entries with a field of this value, as `journalctl -o json` has them: text, or arrays of bytes. */
  async entries(match: string): Promise<Record<string, string | number[]>[]> {
    await this.journalctl('--sync');
    const text = await this.journalctl('--output=json', '--all', match);
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, string | number[]>);
  }

  #journals(): string[] {
    if (!existsSync(JOURNALS)) return [];
    const names = readdirSync(JOURNALS).filter((name) => name.endsWith(`.${this.namespace}`));
    return names.map((name) => join(JOURNALS, name));
  }
}
