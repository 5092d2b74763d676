import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './lib/playground.mjs';
import { conmonRun, holdfastRun, lower } from './lib/printers.mjs';
import { ratio, table } from './lib/report.mjs';
import { SHAPES, writeShape } from './lib/shapes.mjs';

const JOURNALD = '/lib/systemd/systemd-journald';
const SETTINGS =
  '[Journal]\nStorage=volatile\nRuntimeMaxUse=2G\nMaxRetentionSec=1day\nRateLimitIntervalSec=0\nRateLimitBurst=0\n';
/** conmon knows the system's journal alone: in a mount namespace of its own, ours is there. */
const IN_PLACE =
  'mount --bind "$1" "$2" && mount -t tmpfs none /run/systemd && mkdir /run/systemd/journal && ' +
  'mount --move "$2" /run/systemd/journal && shift 2 && exec "$@"';
const WAYS = ['holdfast', 'conmon'];
const HEAD = ['lines', 'conmon / holdfast', 'CPU, holdfast / conmon', 'lines a second'];
const LEGEND =
  'A journald of its own, in memory, without a rate limit; each line is counted in it afterwards. Aim: at least 0.8, which is within 20 % of a C sender.';

/** Containers that print into a journal, by holdfast and by conmon, which is a sender in C. */
export async function journald(playground, lines, turns) {
  const journal = await Journal.start();
  try {
    const nothing = await measure(playground, journal, { shape: { line: '\n' }, lines: 0, turns: 1 });
    const rows = [];
    for (const shape of SHAPES.filter(({ name }) => ['100 B', '1 KB'].includes(name)))
      rows.push(rowOf(shape.name, lines, await measure(playground, journal, { shape, lines, turns }), nothing));
    return [table(HEAD, rows), LEGEND].join('\n\n');
  } finally {
    await journal.remove();
  }
}

async function measure(playground, journal, { shape, lines, turns }) {
  const input = join(playground.directory, 'lines');
  writeShape(input, shape, lines * shape.line.length);
  const args = ['head', '-n', String(lines), '/lines'];
  const mounts = [{ source: input, destination: '/lines', readonly: true }];
  const place = { playground, bundle: playground.bundle('printer', args, mounts) };
  const best = {};
  for (let turn = 0; turn <= turns; turn += 1)
    for (const way of WAYS) {
      const before = await journal.count();
      const used = await (way === 'conmon' ? journal.conmon(place) : journal.holdfast(place));
      const found = (await journal.count()) - before;
      if (found !== lines) throw new Error(`${way}: ${found} lines of ${lines} are in the journal`);
      if (turn > 0) best[way] = lower(best[way] ?? used, used);
    }
  rmSync(input);
  return best;
}

function rowOf(name, lines, { holdfast, conmon }, nothing) {
  const [ours, theirs] = [holdfast.wall - nothing.holdfast.wall, conmon.wall - nothing.conmon.wall];
  const cpu = (holdfast.cpu - nothing.holdfast.cpu) / (conmon.cpu - nothing.conmon.cpu);
  return [name, ratio(theirs / ours), ratio(cpu), `${Math.round(lines / ours)}, ${Math.round(lines / theirs)}`];
}

/** A journald in a namespace of its own, and what prints into it. */
class Journal {
  #name = `hfbench${process.pid}`;
  #conf = `/run/systemd/journald@${this.#name}.conf.d`;
  #run = `/run/systemd/journal.${this.#name}`;
  #process;

  static async start() {
    const journal = new Journal();
    mkdirSync(journal.#conf, { recursive: true });
    writeFileSync(join(journal.#conf, 'bench.conf'), SETTINGS);
    journal.#process = spawn(JOURNALD, [journal.#name], { stdio: 'ignore' });
    while (!(await journal.#ready())) if (journal.#process.exitCode !== null) throw new Error('journald has ended');
    return journal;
  }

  /** Lines of containers that are in it. */
  async count() {
    await this.#journalctl('--sync');
    const script =
      'journalctl --namespace="$1" -q -o cat --output-fields=PRIORITY CONTAINER_NAME=printer CONTAINER_NAME=printer-of-lines | wc -l';
    const { stdout } = await run('sh', ['-c', script, 'sh', this.#name]);
    return Number(stdout);
  }

  holdfast(place) {
    return holdfastRun(place, `journald,namespace=${this.#name}`);
  }

  conmon(place) {
    const way = join(place.playground.directory, 'journal');
    mkdirSync(way, { recursive: true });
    const prefix = ['unshare', '-m', '--propagation', 'private', 'sh', '-c', IN_PLACE, 'sh', this.#run, way];
    return conmonRun(place, { log: 'journald:', prefix });
  }

  async remove() {
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await ended;
    const journals = readdirSync('/run/log/journal').filter((name) => name.endsWith(`.${this.#name}`));
    for (const path of [this.#run, this.#conf, ...journals.map((name) => join('/run/log/journal', name))])
      rmSync(path, { recursive: true, force: true });
  }

  #ready() {
    return this.#journalctl('--sync').then(
      () => true,
      () => false,
    );
  }

  #journalctl(...args) {
    return run('journalctl', [`--namespace=${this.#name}`, '--quiet', ...args]);
  }
}
