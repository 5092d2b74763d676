import { join } from 'node:path';
import { execa, type ResultPromise } from 'execa';
import { IMAGE } from '../../../scripts/lib/containerd/busybox-image.mjs';
import type { ContainerdDaemon } from '../../../scripts/lib/containerd/daemon.mjs';
import { Person } from '../person.js';

/** Bytes of output that a call keeps. */
const MAX_OUTPUT = 256 << 20;

export interface CtrResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** stdout as it came. */
  readonly bytes: Buffer;
}

export interface CallOptions {
  readonly input?: string | Uint8Array;
  /** 60 s if left out. */
  readonly timeoutMs?: number;
}

export interface RunOptions extends CallOptions {
  readonly flags?: readonly string[];
}

export interface ExecOptions extends RunOptions {
  /** A new one if left out. */
  readonly execId?: string;
}

export interface Task {
  readonly id: string;
  readonly pid: number;
  /** As ctr prints it: CREATED, RUNNING, STOPPED, PAUSED. */
  readonly status: string;
}

type Client = ResultPromise<{ reject: false; encoding: 'buffer'; stripFinalNewline: false }>;

/** containerd's command line client, in one namespace and with one runtime. */
export class Ctr {
  readonly namespace: string;
  readonly runtime: string;
  readonly #clients: Set<Client>;
  #execs = 0;

  constructor(
    private readonly daemon: ContainerdDaemon,
    options: { readonly namespace: string; readonly runtime: string; readonly clients?: Set<Client> },
  ) {
    this.namespace = options.namespace;
    this.runtime = options.runtime;
    this.#clients = options.clients ?? new Set();
  }

  /** The same in another namespace. */
  in(namespace: string): Ctr {
    return new Ctr(this.daemon, { namespace, runtime: this.runtime, clients: this.#clients });
  }

  /** Runs `ctr` to its end. Throws if it does not end in time. */
  async call(args: readonly string[], { input, timeoutMs = 60_000 }: CallOptions = {}): Promise<CtrResult> {
    const client = this.spawn(args, { ...(input === undefined ? { stdin: 'ignore' } : { input }), timeout: timeoutMs });
    const { exitCode, stdout, stderr, timedOut, signal } = await client;
    const [bytes, complaint] = [Buffer.from(stdout), Buffer.from(stderr).toString()];
    if (timedOut || exitCode === undefined) {
      const why = timedOut ? `not within ${timeoutMs} ms` : `ended by ${signal}`;
      throw new Error(`ctr ${args.join(' ')}: ${why}\n${complaint}`);
    }
    return { code: exitCode, stdout: bytes.toString(), stderr: complaint, bytes };
  }

  /** Throws with all it said unless it exits with 0. Returns its stdout without the last line end. */
  async ok(...args: string[]): Promise<string> {
    return expectOk(args, await this.call(args));
  }

  /** `ctr run`: the command's exit code is that of the client. */
  run(id: string, command: readonly string[], { flags = [], ...options }: RunOptions = {}): Promise<CtrResult> {
    return this.call(this.runArgs(id, command, flags), options);
  }

  /** `ctr run -d`, without stdio unless the flags name a log. */
  async detached(id: string, command: readonly string[], flags: readonly string[] = []): Promise<void> {
    const stdio = flags.includes('--log-uri') ? [] : ['--null-io'];
    const args = this.runArgs(id, command, ['-d', ...stdio, ...flags]);
    expectOk(args, await this.call(args));
  }

  /** `ctr task exec` */
  exec(id: string, command: readonly string[], options: ExecOptions = {}): Promise<CtrResult> {
    return this.call(this.execArgs(id, command, options), options);
  }

  /** By id. */
  async tasks(): Promise<Task[]> {
    const lines = (await this.ok('task', 'ls')).split('\n').slice(1);
    const tasks = lines.map((line) => {
      const [id = '', pid, status = ''] = line.split(/\s+/);
      return { id, pid: Number(pid), status };
    });
    return tasks.sort((one, other) => (one.id < other.id ? -1 : 1));
  }

  async task(id: string): Promise<Task | undefined> {
    return (await this.tasks()).find((task) => task.id === id);
  }

  runArgs(id: string, command: readonly string[], flags: readonly string[] = []): string[] {
    return ['run', '--runtime', this.runtime, ...this.#fifos(), ...flags, IMAGE, id, ...command];
  }

  execArgs(id: string, command: readonly string[], { execId, flags = [] }: ExecOptions = {}): string[] {
    const name = execId ?? `exec-${++this.#execs}`;
    return ['task', 'exec', '--exec-id', name, ...this.#fifos(), ...flags, id, ...command];
  }

  /** Starts `ctr` with pipes; it is killed at the end of the test. */
  spawn(args: readonly string[], options: Record<string, unknown> = {}): Client {
    const client = execa('ctr', ['--namespace', this.namespace, ...args], {
      ...options,
      env: this.daemon.clientEnvironment,
      encoding: 'buffer',
      maxBuffer: MAX_OUTPUT,
      stripFinalNewline: false,
      reject: false,
    }) as Client;
    this.#clients.add(client);
    void client.finally(() => this.#clients.delete(client));
    return client;
  }

  /** Somebody who types it at a terminal. */
  terminal(args: readonly string[], size?: { rows: number; columns: number }): Promise<Person> {
    const { CONTAINERD_ADDRESS, CONTAINERD_SNAPSHOTTER, TMPDIR, PATH } = this.daemon.clientEnvironment;
    const variables = Object.entries({ CONTAINERD_ADDRESS, CONTAINERD_SNAPSHOTTER, TMPDIR, PATH });
    const env = variables.map(([name, value]) => `${name}=${value}`);
    return Person.runs(['env', ...env, 'ctr', '--namespace', this.namespace, ...args], size);
  }

  /** Of all namespaces. */
  async killClients(): Promise<void> {
    const clients = [...this.#clients];
    for (const client of clients) client.kill('SIGKILL');
    await Promise.all(clients);
  }

  #fifos(): string[] {
    return ['--fifo-dir', join(this.daemon.directory, 'f')];
  }
}

function expectOk(args: readonly string[], { code, stdout, stderr }: CtrResult): string {
  if (code !== 0) throw new Error(`ctr ${args.join(' ')}: exit ${code}\n${stderr}\n${stdout}`);
  return stdout.replace(/\n$/, '');
}
