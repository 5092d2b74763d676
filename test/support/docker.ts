import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { makeRootfs } from '../../scripts/lib/busybox-bundle.mjs';
import { findProgram } from '../../scripts/lib/find-program.mjs';
import { Containerd } from './containerd/containerd.js';
import { Person } from './person.js';
import { until } from './until.js';

export const DOCKER_IS_MISSING = ['containerd', 'dockerd', 'docker'].some((name) => findProgram(name) === undefined);
export const IMAGE = 'busybox:test';

/** From here on a runtime's name will do, and the key that dockerd wrote into /etc is no more. */
const TAKES_NAMES = 23;
const HAS_NO_KEY = 24;

export interface DockerResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A dockerd of its own on a containerd of its own; no network, nothing of the host's changed. It ends with the containerd. */
export class Docker {
  #daemon: ChildProcess | undefined;

  private constructor(
    readonly containerd: Containerd,
    private readonly version: number,
  ) {}

  static async start(): Promise<Docker> {
    const version = Number(/version (\d+)/.exec(execFileSync('dockerd', ['--version'], { encoding: 'utf8' }))?.[1]);
    const containerd = await Containerd.start({ asRunc: version < TAKES_NAMES });
    const docker = new Docker(containerd, version);
    containerd.onClose(() => docker.#close());
    mkdirSync(docker.#directory);
    docker.#configure();
    await docker.startDaemon();
    await docker.#import();
    return docker;
  }

  async startDaemon(): Promise<void> {
    const log = openSync(join(this.#directory, 'log'), 'a');
    const env = { ...process.env, TMPDIR: this.containerd.daemon.temporary };
    this.#daemon = spawn('dockerd', this.#daemonArgs(), { env, cwd: this.#directory, stdio: ['ignore', log, log] });
    closeSync(log);
    await until('dockerd answers', async () => {
      this.#checkRuns();
      return (await this.call('version')).code === 0;
    });
  }

  /** SIGKILL; containers run on. */
  async killDaemon(): Promise<void> {
    await this.#end('SIGKILL');
    rmSync(join(this.#directory, 'pid'), { force: true });
  }

  /** Runs `docker` to its end. */
  call(...args: string[]): Promise<DockerResult> {
    return this.#run(args);
  }

  /** The same with something on its stdin. */
  async callWith(input: string, ...args: string[]): Promise<DockerResult> {
    return this.#run(args, input);
  }

  /** `docker run` on holdfast. */
  runArgs(...args: string[]): string[] {
    const runtime = this.version < TAKES_NAMES ? [] : ['--runtime', 'io.containerd.holdfast.v1'];
    return ['run', '--network', 'none', ...runtime, ...args];
  }

  /** What containerd calls a container. */
  async idOf(name: string): Promise<string> {
    return (await this.call('inspect', '-f', '{{.Id}}', name)).stdout;
  }

  /** Somebody who types it at a terminal. */
  terminal(args: readonly string[], size: { rows: number; columns: number }): Promise<Person> {
    return Person.runs(['docker', ...this.#host, ...args], size);
  }

  #checkRuns(): void {
    if (this.#daemon?.exitCode === null) return;
    throw new Error(`dockerd has ended:\n${readFileSync(join(this.#directory, 'log'), 'utf8').slice(-2_000)}`);
  }

  async #run(args: readonly string[], input?: string): Promise<DockerResult> {
    const stdio = input === undefined ? ({ stdin: 'ignore' } as const) : { input };
    const env = { DOCKER_CONFIG: this.#directory };
    const { exitCode, stdout, stderr } = await execa('docker', [...this.#host, ...args], {
      ...stdio,
      ...{ env, reject: false, timeout: 60_000 },
    });
    return { code: exitCode ?? -1, stdout, stderr };
  }

  /** The host's own config is of no concern. */
  #configure(): void {
    const key = this.version < HAS_NO_KEY ? { 'deprecated-key-path': join(this.#directory, 'key.json') } : {};
    writeFileSync(join(this.#directory, 'daemon.json'), JSON.stringify(key));
  }

  async #import(): Promise<void> {
    const { directory } = this.containerd;
    makeRootfs(join(directory, 'image'));
    execFileSync('tar', ['-C', join(directory, 'image'), '-cf', join(directory, 'image.tar'), '.']);
    const { code, stderr } = await this.call('import', join(directory, 'image.tar'), IMAGE);
    if (code !== 0) throw new Error(`docker import: ${stderr}`);
  }

  #daemonArgs(): string[] {
    const { daemon, namespace } = this.containerd;
    const place = (name: string): string => join(this.#directory, name);
    return [
      ...['--config-file', place('daemon.json'), ...this.#host, '--containerd', daemon.address],
      ...['--containerd-namespace', namespace, '--containerd-plugins-namespace', `${namespace}-p`],
      ...['--data-root', place('data'), '--exec-root', place('exec'), '--pidfile', place('pid')],
      ...['--cgroup-parent', `/${namespace}`, '--bridge', 'none', '--iptables=false', '--ip-forward=false'],
      '--live-restore',
    ];
  }

  get #directory(): string {
    return join(this.containerd.directory, 'd');
  }

  get #host(): string[] {
    return ['--host', `unix://${join(this.#directory, 'sock')}`];
  }

  async #close(): Promise<void> {
    const { stdout } = await this.call('ps', '--all', '--quiet');
    const ids = stdout.split('\n').filter(Boolean);
    if (ids.length > 0) await this.call('rm', '--force', ...ids);
    await this.#end('SIGTERM');
    // One that was killed has left it mounted on itself.
    const data = join(this.#directory, 'data');
    while (existsSync(data) && readFileSync('/proc/self/mounts', 'utf8').includes(` ${data} `))
      execFileSync('umount', [data]);
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const daemon = this.#daemon;
    this.#daemon = undefined;
    if (daemon === undefined || daemon.exitCode !== null || daemon.signalCode !== null) return;
    const ended = once(daemon, 'exit');
    daemon.kill(signal);
    await ended;
  }
}
