import { existsSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { busyboxImage, IMAGE } from '../scripts/lib/containerd/busybox-image.mjs';
import { ContainerdDaemon } from '../scripts/lib/containerd/daemon.mjs';
import { atRest, pss, run } from './lib/playground.mjs';
import { median, milliseconds, ratio, table } from './lib/report.mjs';

/** Whose figures ours are set against, and what of its command line tells a process that belongs to a runtime's shims. */
const RIVAL = 'io.containerd.runc.v2';
const SHIMS = /^\S*(containerd-shim|holdfast-keeper|node\S*\0.*shimd)/s;

/**
 * Wall time of ctr's commands, and memory of all shims, under one real containerd: a runtime beside containerd's own.
 *
 * @param {{ runtime: string, rounds: number, counts: number[] }} plan
 */
export async function containerd({ runtime, rounds, counts }) {
  const place = await Place.open();
  try {
    const times = await commands(place, runtime, rounds);
    const rows = await memory(place, runtime, counts);
    const head = [runtime.replace(/^io\.containerd\./, ''), RIVAL.replace(/^io\.containerd\./, ''), 'ours / theirs'];
    return [table(['command, median', ...head], times), table(['idle containers, shims’ PSS', ...head], rows)].join(
      '\n\n',
    );
  } finally {
    await place.close();
  }
}

async function commands(place, runtime, rounds) {
  const runtimes = [runtime, RIVAL];
  const times = { run: [[], []], exec: [[], []] };
  for (const [i, each] of runtimes.entries()) await place.idle(each, `keep-${i}`);
  for (let round = 0; round < rounds; round += 1) {
    for (const [i, each] of runtimes.entries()) {
      const [id, exec] = [`run-${i}-${round}`, `exec-${round}`];
      times.run[i].push(await timed(() => place.ctr('run', '--rm', '--runtime', each, IMAGE, id, 'true')));
      times.exec[i].push(await timed(() => place.ctr('task', 'exec', '--exec-id', exec, `keep-${i}`, 'true')));
    }
  }
  for (const i of runtimes.keys()) await place.remove(`keep-${i}`);
  const row = (name, [ours, theirs]) => [
    name,
    milliseconds(median(ours)),
    milliseconds(median(theirs)),
    ratio(median(ours) / median(theirs)),
  ];
  return [row('`ctr run --rm … true`', times.run), row('`ctr task exec … true`', times.exec)];
}

/** Each runtime alone, so that shims of one share no pages with those of the other. */
async function memory(place, runtime, counts) {
  const [ours, theirs] = [await memoryOf(place, runtime, counts), await memoryOf(place, RIVAL, counts)];
  return counts.map((count, i) => [
    String(count),
    `${ours[i].toFixed(1)} MiB`,
    `${theirs[i].toFixed(1)} MiB`,
    ratio(ours[i] / theirs[i]),
  ]);
}

async function memoryOf(place, runtime, counts) {
  const found = [];
  let started = 0;
  for (const count of counts) {
    for (; started < count; started += 1) await place.idle(runtime, `idle-${started}`);
    await atRest();
    found.push(pss(place.shims()));
  }
  for (let i = 0; i < started; i += 1) await place.remove(`idle-${i}`);
  return found;
}

/** A containerd for one run of the benchmarks. */
class Place {
  #directory;
  #daemon;

  static async open() {
    const place = new Place();
    place.#directory = mkdtempSync(join(tmpdir(), 'hfbc-'));
    const env = { HOLDFAST_ROOT: join(place.#directory, 'h') };
    place.#daemon = new ContainerdDaemon({ directory: place.#directory, env });
    await place.#daemon.start();
    await place.ctr('images', 'import', busyboxImage(place.#directory));
    return place;
  }

  async ctr(...args) {
    const { stdout } = await run('ctr', ['--namespace', basename(this.#directory), ...args], {
      env: this.#daemon.clientEnvironment,
    });
    return stdout;
  }

  idle(runtime, id) {
    return this.ctr('run', '-d', '--null-io', '--runtime', runtime, IMAGE, id, 'sleep', '100000');
  }

  async remove(id) {
    await this.ctr('task', 'rm', '--force', id);
    await this.ctr('containers', 'rm', id);
  }

  /** Shims, keepers and shimds that name this directory. */
  shims() {
    const pids = readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name));
    return pids.filter((pid) => {
      const command = commandLine(pid);
      return SHIMS.test(command) && command.includes(this.#directory);
    });
  }

  async close() {
    const tasks = (await this.ctr('task', 'ls', '-q')).split('\n').filter(Boolean);
    for (const id of tasks) await this.remove(id);
    await this.#daemon.stop();
    removeNamespace(basename(this.#directory));
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

/** What runtimes leave of a namespace: its cgroups, and a directory of runc. */
function removeNamespace(name) {
  const parents = ['/sys/fs/cgroup', ...readdirSync('/sys/fs/cgroup').map((entry) => join('/sys/fs/cgroup', entry))];
  const places = [...parents, '/run/containerd/runc'].map((parent) => join(parent, name));
  for (const path of places.filter((each) => existsSync(each))) rmdirSync(path);
}

function commandLine(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

async function timed(task) {
  const begin = performance.now();
  await task();
  return performance.now() - begin;
}
