import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Reading } from './line-check.mjs';
import { residentScript } from './scripts.mjs';

const FAST = 10;

/** A container that prints for the whole run. */
export class Resident {
  constructor(world, random, number) {
    this.world = world;
    this.id = `resident-${number}`;
    this.terminal = random.chance(0.15);
    this.code = random.integer(1, 120);
    this.script = residentScript({
      burst: random.integer(5, 60),
      pause: random.between(0.3, 2).toFixed(2),
      flood: random.chance(1 / FAST) ? 10 : 1000,
      code: this.code,
    });
  }

  async start() {
    const { stage, tally } = this.world;
    const terminal = this.terminal ? ['-t'] : [];
    tally.containers.started += 1;
    await stage.ok('run', '-d', ...terminal, '-b', stage.bundle(this.id, this.script), this.id);
  }

  /** Lets it end, and looks at its code and its log. */
  async end() {
    const { stage, tally } = this.world;
    writeFileSync(stage.out(this.id, 'go'), '');
    const { code, stdout, stderr } = await stage.run(['wait', this.id]);
    if (code !== 0) return tally.lostContainer(this.id, stderr);
    tally.code(this.id, this.code, stdout.trim());
    await this.#readBack();
    await stage.ok('delete', this.id);
    stage.removeBundle(this.id);
  }

  async #readBack() {
    const { stage, tally } = this.world;
    if (existsSync(stage.out(this.id, 'sigpipe'))) tally.failed(this.id, 'it got SIGPIPE');
    const counted = stage.out(this.id, 'count');
    if (!existsSync(counted)) return tally.lostContainer(this.id, 'it did not come to its end');
    const count = Number(readFileSync(counted, 'utf8'));
    await readLog(this.world, this, count);
  }
}

/** Reads a container's log back; `count` lines of each stream must be in it. */
export async function readLog({ stage, tally }, { id, terminal }, count) {
  const reading = new Reading({ terminal, first: 0 });
  const { code } = await stage.run(['logs', id], reading.consumers);
  if (code !== 0) tally.failed(`logs ${id}`, reading.remarks.join('\n'));
  tally.whole(`logs of ${id}`, reading, count);
  const { lost } = JSON.parse(await stage.ok('inspect', id));
  if (lost.records > 0) tally.failed(id, `the shim counts ${lost.records} records as lost`);
}
