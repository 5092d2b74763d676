import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, openSync, closeSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { allPids } from './container-processes.js';
import { isHybrid } from './runtimes.js';
import { sessionOf } from './shim-processes.js';
import { until } from './until.js';
import { SHIMCTL, type Workbench } from './workbench.js';

const ROOT = '/sys/fs/cgroup';
/** Goes into each cgroup given, spoils what a child inherits, runs shimctl, and stays. */
const CALLER = `for procs in $CGROUPS; do echo $$ > $procs || exit 1; done
cd "$WHERE"; umask 0; ulimit -S -n 64
SECRET=1 "$@"; echo "exit $?" >&2
exec sleep 1000`;

/** What starts shimctl: a service with cgroup, session, directory, limits, environment and open files of its own. */
export class DoomedCaller {
  readonly cgroups: readonly string[];
  readonly cwd: string;
  readonly files: readonly string[];
  #process: ChildProcess | undefined;

  constructor(private readonly bench: Workbench) {
    const name = `${basename(bench.directory)}-caller`;
    this.cgroups = (isHybrid() ? [`${ROOT}/unified`, `${ROOT}/pids`] : [ROOT]).map((hierarchy) =>
      join(hierarchy, name),
    );
    this.cwd = join(bench.directory, name);
    this.files = ['in', 'out', 'err'].map((stream) => join(bench.directory, `caller.${stream}`));
    for (const directory of [this.cwd, ...this.cgroups].filter((path) => !existsSync(path))) mkdirSync(directory);
    onTestFinished(() => this.#close());
  }

  get pid(): number {
    return this.#process?.pid as number;
  }

  /** Runs shimctl in that place; resolves when it has come to its end. The caller stays. */
  async shimctl(...args: string[]): Promise<void> {
    for (const file of this.files) writeFileSync(file, '');
    const [input = '', output = '', errors = ''] = this.files;
    const stdio = [openSync(input, 'r'), openSync(output, 'a'), openSync(errors, 'a')] as const;
    const CGROUPS = this.cgroups.map((cgroup) => join(cgroup, 'cgroup.procs')).join(' ');
    const command = ['-c', CALLER, 'caller', SHIMCTL, '--config', this.bench.configFile, ...args];
    this.#process = spawn('sh', command, {
      detached: true,
      stdio: [...stdio],
      env: { ...process.env, CGROUPS, WHERE: this.cwd },
    });
    for (const fd of stdio) closeSync(fd);
    const said = await until('shimctl ends', () => /^exit ([0-9]+)$/m.exec(readFileSync(errors, 'utf8')));
    if (said[1] !== '0') throw new Error(`shimctl ${args.join(' ')}: ${readFileSync(errors, 'utf8')}`);
  }

  /** Kills everything in its cgroup, as a service manager does, and then what is left of its session. */
  async kill(): Promise<void> {
    const caller = this.#process;
    if (caller === undefined || caller.exitCode !== null || caller.signalCode !== null) return;
    const gone = once(caller, 'exit');
    writeFileSync(join(this.cgroups[0] as string, 'cgroup.kill'), '1');
    await gone;
    for (const pid of allPids().filter((candidate) => sessionOf(candidate) === this.pid)) process.kill(pid, 'SIGKILL');
  }

  async #close(): Promise<void> {
    await this.kill();
    for (const cgroup of this.cgroups) {
      await until(`${cgroup} is empty`, () => readFileSync(join(cgroup, 'cgroup.procs'), 'utf8') === '');
      rmdirSync(cgroup);
    }
  }
}
