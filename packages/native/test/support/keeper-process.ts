import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { native } from '@holdfast/native';
import { KeeperClient } from '../keeper-client.js';
import { binaries, type Variant } from './binaries.js';
import { processEnd, processStatus } from './process-end.js';
import { relayPath } from './relay.js';

export interface KeeperOptions {
  readonly variant: Variant;
  /** PROGRAM and ARGS; the stand-in for shimd unless given. */
  readonly program?: readonly string[];
  /** More flags. */
  readonly flags?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Called with the directory before the keeper starts; may return more flags. */
  readonly prepare?: (directory: string) => readonly string[] | undefined;
  /** Closed in the keeper if it does what it must: its number there is 5. */
  readonly strayFd?: number;
}

/** A keeper in a directory of its own. */
export class KeeperProcess {
  readonly clients: KeeperClient[] = [];

  private constructor(
    readonly directory: string,
    /** The line on the ready descriptor. */
    readonly line: string,
    /** Exit code of the process that the starter started. */
    readonly starterCode: number | null,
    readonly pidfd: number | undefined,
  ) {}

  get pid(): number {
    return Number(/^ok (\d+)\n$/.exec(this.line)?.[1] ?? NaN);
  }

  get api(): string {
    return join(this.directory, 'api');
  }

  get launch(): string {
    return join(this.directory, 'launch');
  }

  get log(): string {
    const path = join(this.directory, 'log');
    // A test puts a FIFO there, and reading that would wait.
    return statSync(path, { throwIfNoEntry: false })?.isFile() === true ? readFileSync(path, 'utf8') : '';
  }

  static async start(options: KeeperOptions): Promise<KeeperProcess> {
    const directory = mkdtempSync(join(tmpdir(), 'holdfast-native-'));
    const lock = openSync(join(directory, 'lock'), 'w');
    if (!native.flock(lock, true)) throw new Error('the lock is taken');
    const child = spawn(binaries(options.variant).keeper, keeperArguments(directory, options), {
      env: { ...(options.env ?? process.env), ASAN_OPTIONS: 'detect_leaks=1' },
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', lock, options.strayFd ?? 'ignore'],
    });
    closeSync(lock);
    const exited = once(child, 'exit') as Promise<[number | null]>;
    const [line, [code]] = await Promise.all([text(child.stdio[3] as Readable), exited]);
    const pid = /^ok (\d+)\n$/.exec(line)?.[1];
    const pidfd = pid === undefined ? undefined : native.pidfdOpen(Number(pid));
    return new KeeperProcess(directory, line, code, pidfd);
  }

  async connect(): Promise<KeeperClient> {
    const client = await KeeperClient.connect(this.launch);
    this.clients.push(client);
    return client;
  }

  /** The keeper's wait status, once it has exited. */
  async ended(): Promise<number | undefined> {
    if (this.pidfd === undefined) throw new Error(`the keeper did not start: ${this.line}`);
    return processStatus(this.pidfd);
  }

  signal(number: number): void {
    if (this.pidfd !== undefined) native.pidfdSendSignal(this.pidfd, number);
  }

  /** Whether another could take the group's lock now. */
  lockIsFree(): boolean {
    const fd = openSync(join(this.directory, 'lock'), 'r');
    const free = native.flock(fd, true);
    closeSync(fd);
    return free;
  }

  #kill(): void {
    try {
      this.signal(9);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }

  /** Kills what is left and removes the directory. shimd goes with the keeper by its parent-death signal. */
  async destroy(): Promise<void> {
    if (this.pidfd !== undefined) {
      this.#kill();
      await processEnd(this.pidfd);
      closeSync(this.pidfd);
    }
    rmSync(this.directory, { recursive: true });
  }
}

function keeperArguments(directory: string, options: KeeperOptions): string[] {
  const prepared = options.prepare?.(directory) ?? [];
  const sockets = ['--api-socket', join(directory, 'api'), '--launch-socket', join(directory, 'launch')];
  const fixed = ['--group', 'test', '--ready-fd', '3', '--lock-fd', '4', '--log', join(directory, 'log')];
  return [...fixed, ...sockets, ...prepared, ...(options.flags ?? []), '--', ...(options.program ?? [relayPath()])];
}
