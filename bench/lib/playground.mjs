import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { makeBundle } from '../../scripts/lib/busybox-bundle.mjs';

const ROOT = join(import.meta.dirname, '..', '..');
export const run = promisify(execFile);
const REST_MS = 12_000;

/** A directory for one run of the benchmarks: a shim of its own, bundles, and what rivals need. */
export class Playground {
  directory = mkdtempSync(join(tmpdir(), 'hfbench-'));
  rootfs = join(this.directory, 'rootfs');
  root = join(this.directory, 'r');
  #config = join(this.directory, 'config.json');

  constructor() {
    const logs = [{ driver: 'file', options: { maxSize: '100g', maxFiles: 1 } }];
    writeFileSync(
      this.#config,
      JSON.stringify({ root: this.root, logRoot: join(this.directory, 'l'), runtime: 'runc', logs }),
    );
  }

  bundle(name, args, mounts = []) {
    const directory = join(this.directory, name);
    mkdirSync(directory, { recursive: true });
    makeBundle({ directory, rootfs: this.rootfs, args, mounts });
    return directory;
  }

  /** Through the launcher, which has to be told where the shim is. */
  async shimctl(...args) {
    const env = { ...process.env, HOLDFAST_ROOT: this.root };
    const command = join(ROOT, 'node_modules', '.bin', 'shimctl');
    const { stdout } = await run(command, ['--config', this.#config, ...args], { env });
    return stdout;
  }

  /** The same in a Node of its own. */
  async shimctlInNode(...args) {
    const script = join(ROOT, 'packages', 'shimctl', 'dist', 'shimctl.cjs');
    const { stdout } = await run(process.execPath, [script, '--config', this.#config, ...args]);
    return stdout;
  }

  /** One call of the control API. */
  async api(method, path, body) {
    const socketPath = join(this.root, 's', readdirSync(join(this.root, 's'))[0]);
    const call = request({ method, path: `/v1/${path}`, socketPath, headers: { 'Content-Type': 'application/json' } });
    call.end(body === undefined ? undefined : JSON.stringify(body));
    const [response] = await once(call, 'response');
    response.resume();
    await once(response, 'end');
    if (response.statusCode !== 200) throw new Error(`${method} ${path}: ${response.statusCode}`);
  }

  /** Keeper and shimd of this playground. */
  async shimPids(id) {
    const { shim } = JSON.parse(await this.shimctl('inspect', id));
    return [shim.keeperPid, shim.pid];
  }

  async close() {
    for (const { id } of JSON.parse(await this.shimctl('list', '--json'))) await this.shimctl('delete', '--force', id);
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/**
 * conmon with a container, as podman starts it: `create` resolves when conmon has detached. `log` is its `--log-path`, a k8s-file
 * unless it says otherwise; `prefix` a command that runs conmon.
 */
export class Conmon {
  #log;
  #prefix;

  constructor(playground, id, bundle, { log, prefix = [] } = {}) {
    this.id = id;
    this.bundle = bundle;
    this.directory = join(playground.directory, `conmon-${id}`);
    this.runtimeRoot = join(playground.directory, 'conmon-runc');
    this.file = join(this.directory, 'ctr.log');
    this.#log = log ?? `k8s-file:${this.file}`;
    this.#prefix = prefix;
    mkdirSync(join(this.directory, 'exits'), { recursive: true });
  }

  async start() {
    await this.create();
    await this.run();
  }

  /** conmon detaches. */
  async create() {
    const { directory, id, bundle } = this;
    const [program, ...args] = [...this.#prefix, 'conmon'];
    args.push('--api-version', '1', '-c', id, '-u', id, '-r', '/usr/sbin/runc', '-b', bundle, '-n', id);
    args.push(
      '-p',
      join(directory, 'pidfile'),
      '--exit-dir',
      join(directory, 'exits'),
      '--socket-dir-path',
      directory,
      '--full-attach',
    );
    args.push('-l', this.#log, '--log-level', 'error', '--conmon-pidfile', join(directory, 'conmon.pid'));
    args.push('--runtime-arg', '--root', '--runtime-arg', this.runtimeRoot);
    const sync = spawn(program, args, {
      stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
      env: { ...process.env, _OCI_SYNCPIPE: '3' },
    });
    const [answer] = await once(sync.stdio[3], 'data');
    if (!/"(data|pid)": *[1-9]/.test(String(answer))) throw new Error(`conmon: ${String(answer)}`);
    this.pid = Number(readFileSync(join(directory, 'conmon.pid'), 'utf8'));
  }

  async run() {
    await run('runc', ['--root', this.runtimeRoot, 'start', this.id]);
  }

  async delete() {
    await run('runc', ['--root', this.runtimeRoot, 'delete', '--force', this.id]);
  }
}

/** Idle is who has done nothing for a while: shimd has given memory back by then, and one that has nothing left to do has gone. */
export const atRest = () => delay(REST_MS);

/** Proportional set size of processes, in MiB. */
export function pss(pids) {
  const kib = pids.map((pid) => Number(/^Pss:\s+([0-9]+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))[1]));
  return kib.reduce((sum, each) => sum + each, 0) / 1024;
}

/** How much memory (PSS, in MiB) a process has more than now, at most, until `stop`. */
export class PeakMemory {
  #before;
  #most = 0;
  #timer;

  constructor(pid) {
    this.#before = pss([pid]);
    this.#timer = setInterval(() => (this.#most = Math.max(this.#most, pss([pid]) - this.#before)), 20);
  }

  stop() {
    clearInterval(this.#timer);
    return this.#most;
  }
}

/** CPU seconds that a process has used. */
export function cpuSeconds(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
