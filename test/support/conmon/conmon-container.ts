import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeBundle } from '../../../scripts/lib/busybox-bundle.mjs';
import { until } from '../until.js';
import { AttachPeer } from './attach-peer.js';
import type { ConmonBench } from './conmon-bench.js';
import { ConmonCall, type CallOptions } from './conmon-call.js';

const ROOTFS = join(tmpdir(), 'holdfast-test-rootfs');

export interface ContainerOptions {
  readonly script?: string;
  readonly terminal?: boolean;
  /** Of the bundle; below the bench's directory. */
  readonly bundle?: string;
  readonly args?: readonly string[];
  readonly uid?: number;
}

export interface CreateOptions extends Partial<Pick<CallOptions, 'pipes' | 'preserved' | 'env'>> {
  /** Flags beside those that each container has. */
  readonly flags?: readonly string[];
  readonly api?: 0 | 1;
  /** False: the attach socket is found by a link. */
  readonly fullAttach?: boolean;
  /** Shell that the exit command runs before it tells what it was run with. */
  readonly exitCommand?: string;
  /** What `-l` is given; left out: `k8s-file:LOG`. */
  readonly logs?: readonly string[];
}

/** One container, as podman has it: its bundle, its directories, and its conmon. */
export class ConmonContainer {
  readonly bundle: string;
  readonly place: string;
  readonly exitDir: string;
  readonly persistDir: string;
  readonly log: string;
  readonly pidFile: string;
  readonly conmonPidFile: string;
  /** What the exit command has seen. */
  readonly exitReport: string;
  readonly calls: ConmonCall[] = [];

  constructor(
    readonly bench: ConmonBench,
    readonly id: string,
    options: ContainerOptions,
  ) {
    this.place = join(bench.directory, id);
    this.bundle = join(this.place, options.bundle ?? 'userdata');
    this.exitDir = join(this.place, 'exits');
    this.persistDir = join(this.place, 'persist');
    for (const path of [this.bundle, this.exitDir, this.persistDir, join(this.place, 'out')])
      mkdirSync(path, { recursive: true });
    this.log = join(this.place, 'ctr.log');
    this.pidFile = join(this.place, 'pidfile');
    this.conmonPidFile = join(this.place, 'conmon.pid');
    this.exitReport = join(this.place, 'exit-command');
    const { script = '', args = ['sh', '-c', script], terminal = false, uid = 0 } = options;
    const mounts = [{ source: join(this.place, 'out'), destination: '/out' }];
    chmodSync(join(this.place, 'out'), 0o777);
    makeBundle({
      ...{ directory: this.bundle, rootfs: ROOTFS, readonly: true, args, terminal, mounts, uid },
      cgroupsPath: `/${this.id}`,
    });
  }

  /** Where the container writes to /out. */
  out(name: string): string {
    return join(this.place, 'out', name);
  }

  /** Lets a script that waits for /out/go go on. */
  go(): void {
    writeFileSync(this.out('go'), '');
  }

  /** Flags that tell what it is, for container and exec alike. */
  flags(api: 0 | 1): string[] {
    const { bench, id } = this;
    const runtime = ['-r', bench.runtime, '--runtime-arg', '--root', '--runtime-arg', bench.runtimeRoot];
    return [...(api === 1 ? ['--api-version', '1'] : []), '-c', id, ...runtime, '--exit-dir', this.exitDir];
  }

  /** Calls conmon to create it; the caller tells it to begin. */
  call({
    exitCommand = '',
    flags = [],
    api = 1,
    logs = [`k8s-file:${this.log}`],
    fullAttach = true,
    ...options
  }: CreateOptions = {}): ConmonCall {
    const own = ['-u', this.id, '-b', this.bundle, '-p', this.pidFile, '-n', `name-${this.id}`];
    if (fullAttach) own.push('--full-attach');
    writeFileSync(join(this.place, 'at-exit'), `#!/bin/sh\n${exitCommand}\n${REPORT}`, { mode: 0o755 });
    const command = ['--exit-command', join(this.place, 'at-exit'), '--exit-command-arg', this.exitReport];
    const more = ['--persist-dir', this.persistDir, '--conmon-pidfile', this.conmonPidFile, ...command];
    const log = logs.flatMap((each) => ['-l', each]);
    return this.run([...this.flags(api), ...own, ...more, ...log, ...flags], options);
  }

  run(args: readonly string[], options: Partial<CallOptions> = {}): ConmonCall {
    const call = new ConmonCall(args, {
      ...{ cwd: this.place, pipes: ['sync', 'start'], ...options },
      env: { ...this.bench.environment, ...options.env },
    });
    this.calls.push(call);
    return call;
  }

  /** Has it created, and throws unless it was; resolves to its pid. */
  async create(options: CreateOptions = {}): Promise<number> {
    const call = this.call(options);
    call.begin();
    const said = await call.says();
    const pid = said?.[options.api === 0 ? 'pid' : 'data'];
    if (typeof pid !== 'number' || pid <= 0) {
      const { code, stderr } = await call.ended;
      throw new Error(`not created: ${JSON.stringify(said)}; exit ${code}: ${stderr}`);
    }
    return pid;
  }

  start(): void {
    this.runtime('start', this.id);
  }

  /** Creates and starts it; resolves to its pid. */
  async createAndStart(options: CreateOptions = {}): Promise<number> {
    const pid = await this.create(options);
    this.start();
    return pid;
  }

  runtime(...args: string[]): void {
    execFileSync(this.bench.runtime, ['--root', this.bench.runtimeRoot, ...args], { stdio: 'pipe' });
  }

  attach(socket = join(this.bundle, 'attach')): AttachPeer {
    return new AttachPeer(socket);
  }

  /** Says a line to `ctl`, or to another FIFO. */
  control(line: string, bundle = this.bundle, name = 'ctl'): void {
    const fd = openSync(join(bundle, name), constants.O_WRONLY | constants.O_NONBLOCK);
    try {
      writeSync(fd, line);
    } finally {
      closeSync(fd);
    }
  }

  /** The pid of what stands for conmon. */
  get conmonPid(): number {
    return Number(readFileSync(this.conmonPidFile, 'utf8'));
  }

  /** What is in its exit file, once that is there. */
  exitFile(): Promise<string> {
    return contents(join(this.exitDir, this.id));
  }

  /** What the exit command was run with, once it was. */
  async exitCommand(): Promise<ExitCommandReport> {
    const [args = '', env = '', fds = ''] = (await contents(`${this.exitReport}.done`)).split('\x1e\n');
    return { args: args.split('\0').slice(0, -1), env: env.split('\n'), fds: fds.trim().split('\n') };
  }

  /** Ends it, and waits until conmon has. */
  async remove(): Promise<void> {
    if (existsSync(join(this.bench.runtimeRoot, this.id)))
      try {
        this.runtime('delete', '--force', this.id);
      } catch {
        // It goes just now.
      }
    await Promise.all(this.calls.map(({ ended }) => ended));
    // What stands for it is no child of ours.
    if (existsSync(this.conmonPidFile))
      await until('conmon has ended', () => !existsSync(`/proc/${this.conmonPid}`) || !this.#isConmon());
  }

  #isConmon(): boolean {
    try {
      return readFileSync(`/proc/${this.conmonPid}/cmdline`, 'utf8').includes(this.bundle);
    } catch {
      return false;
    }
  }
}

export interface ExitCommandReport {
  readonly args: string[];
  readonly env: string[];
  readonly fds: string[];
}

/** Writes what it is run with to the file that its first argument names. */
const REPORT = `f="$1"; shift
{ for each; do printf '%s\\0' "$each"; done; printf '\\036\\n'; env; printf '\\036\\n'; ls /proc/$$/fd; } > "$f"
mv "$f" "$f.done"
`;

/** What is in a file, once it is there. */
export async function contents(path: string): Promise<string> {
  await until(`${path} is there`, () => statSync(path, { throwIfNoEntry: false })?.isFile() === true);
  return readFileSync(path, 'utf8');
}
