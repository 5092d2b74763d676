import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { makeBundle, makeRootfs } from '../lib/busybox-bundle.mjs';
import { settledLeaks } from '../lib/leaks.mjs';
import { ROOT } from '../lib/run.mjs';
import { Command, each } from './command.mjs';
import { crunPath } from './crun-path.mjs';

const SHIMCTL = join(ROOT, 'packages/shimctl/dist/shimctl.cjs');
const LEAVE_TIMEOUT_MS = 30_000;
const DELETE_PASSES = 3;
const ANSWER_TIMEOUT_MS = 60_000;
/** The longest that the keeper waits before it starts shimd again: 10 s would leave no time to kill it often. */
const RESTART_DELAY_MS = 400;
/** Everything in one file: what is rotated away can't be read back. */
const LOGS = [{ driver: 'file', options: { maxSize: '100g', maxFiles: 1 } }];

/** A shim of its own with its config, roots and bundles, all below one directory. */
export class Stage {
  directory = realpathSync(mkdtempSync(join(tmpdir(), 'hfs-')));
  faults = join(this.directory, 'faults');
  #root = join(this.directory, 'r');
  #rootfs = join(this.directory, 'rootfs');
  #config = join(this.directory, 'config.json');
  #env;
  #commands = new Set();

  /** `shimd`: the build of shimd to run. */
  constructor({ runtime, shimd }) {
    mkdirSync(this.faults);
    makeRootfs(this.#rootfs);
    const path = runtime === 'crun' ? crunPath(this.directory) : runtime;
    const config = {
      root: this.#root,
      logRoot: join(this.directory, 'l'),
      runtime,
      runtimes: { [runtime]: { options: { path } } },
      logs: LOGS,
      shim: { idleTimeout: '100ms' },
    };
    writeFileSync(this.#config, JSON.stringify(config));
    this.#env = {
      ...process.env,
      HOLDFAST_TEST_SHIMD: shimd,
      HOLDFAST_TEST_RESTART_DELAY: String(RESTART_DELAY_MS),
      HOLDFAST_FAULTS_DIR: this.faults,
    };
  }

  /** A bundle that runs a shell script, which shares /out with us. */
  bundle(id, script) {
    const directory = join(this.directory, 'b', id);
    const out = this.out(id);
    mkdirSync(out, { recursive: true });
    const mounts = [{ source: out, destination: '/out' }];
    makeBundle({ directory, rootfs: this.#rootfs, readonly: true, args: ['sh', '-c', script], mounts });
    return directory;
  }

  out(id, ...names) {
    return join(this.directory, 'out', id, ...names);
  }

  removeBundle(id) {
    rmSync(join(this.directory, 'b', id), { recursive: true, force: true });
    rmSync(this.out(id), { recursive: true, force: true });
  }

  /** Starts shimctl. */
  start(args, options = {}) {
    const command = new Command([process.execPath, SHIMCTL, '--config', this.#config, ...args], {
      ...options,
      env: this.#env,
    });
    this.#commands.add(command);
    void command.ended.catch(() => undefined).then(() => this.#commands.delete(command));
    return command;
  }

  /** Runs shimctl to its end. */
  async run(args, options = {}) {
    const command = this.start(args, options);
    const code = await command.ended;
    return { code, stdout: command.stdout, stderr: command.stderr };
  }

  /** Runs shimctl; any exit code but 0 is an error. */
  async ok(...args) {
    const { code, stdout, stderr } = await this.run(args);
    if (code !== 0) throw new Error(`shimctl ${args.join(' ')}: exit code ${code}\n${stderr}`);
    return stdout;
  }

  async list() {
    return JSON.parse(await this.ok('list', '--json'));
  }

  /** Resolves once a shimd serves; starts none. */
  async serves() {
    const [socket] = readdirSync(join(this.#root, 's'));
    const end = performance.now() + ANSWER_TIMEOUT_MS;
    while (!(await answers(join(this.#root, 's', socket)))) {
      if (performance.now() > end) throw new Error('shimd does not answer');
    }
  }

  /** Ends everything and removes the directory. Resolves to what would not go; the directory stays then. */
  async close() {
    for (const command of this.#commands) command.kill();
    await each(this.#commands, 1000, (command) => command.ended.catch(() => undefined));
    // Again: what a command that was killed had asked for may come late.
    for (let pass = 0; pass < DELETE_PASSES && existsSync(this.#root); pass += 1) await this.#deleteAll();
    const left = await settledLeaks([basename(this.directory)], LEAVE_TIMEOUT_MS);
    if (left.length === 0) rmSync(this.directory, { recursive: true, force: true });
    return left;
  }

  async #deleteAll() {
    const { stdout } = await this.run(['list', '--json']);
    const containers = stdout === '' ? [] : JSON.parse(stdout);
    await each(containers, 4, ({ id }) => this.run(['delete', '--force', id]));
  }
}

/** False if the connection was cut or refused: shimd died meanwhile. */
function answers(socketPath) {
  return new Promise((resolve) => {
    const call = request({ path: '/v1/version', socketPath, agent: false, timeout: ANSWER_TIMEOUT_MS }, (response) => {
      response
        .resume()
        .once('end', () => resolve(true))
        .once('error', () => resolve(false));
    });
    call.once('timeout', () => call.destroy(new Error('no answer')));
    call.once('error', () => setTimeout(resolve, 20, false));
    call.end();
  });
}
