import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../support/random.js';
import { RUNTIMES } from '../support/runtimes.js';
import { keeperOf, killShimd, shimdStarts } from '../support/shim-processes.js';
import { until } from '../support/until.js';
import { Workbench } from '../support/workbench.js';

const LINES = 300_000;
/** Lines of one round: what a kill doubles at most. */
const ROUND = (256 << 10) / 100;

/** Numbered lines of 100 bytes. */
function numberedLines(): string {
  return Array.from({ length: LINES }, (_, i) => `line ${String(i).padEnd(94, '.')}\n`).join('');
}

function numbers(bench: Workbench): number[] {
  const text = readFileSync(join(bench.logRoot, 'default', 'c1', 'container.log'), 'latin1');
  return [...text.matchAll(/^\S+Z stdout F line (\d+)\.+$/gm)].map((match) => Number(match[1]));
}

describe.each(RUNTIMES)('a flood on real %s', (runtime) => {
  it('is written as it came', async () => {
    const bench = new Workbench({
      runtime,
      config: { logs: [{ driver: 'file', options: { maxSize: -1, format: 'raw' } }] },
    });
    const script = 'head -c 50000000 /dev/urandom | tee /out/input';
    const out = join(bench.directory, 'out');
    mkdirSync(out);
    const bundle = bench.script('b', script, { mounts: [{ source: out, destination: '/out' }] });
    await bench.ok('run', '-d', '-b', bundle, 'c1');
    await bench.ok('wait', 'c1');
    const hash = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');
    expect(hash(join(bench.logRoot, 'default', 'c1', 'container.log'))).toBe(hash(join(out, 'input')));
  });

  it('loses no line to kills of shimd, and at most a round is doubled by each', async () => {
    const logs = [{ driver: 'file', options: { maxSize: -1 } }];
    const bench = new Workbench({ runtime, config: { logs } });
    const source = join(bench.directory, 'lines');
    writeFileSync(source, numberedLines());
    const mounts = [{ source, destination: '/lines', readonly: true }];
    await bench.ok('run', '-d', '-b', bench.bundle('b', ['cat', '/lines'], { mounts }), 'c1');
    const keeper = await keeperOf(bench, 'c1');
    const random = seededRandom(7);
    for (let kill = 1; kill <= 3; kill += 1) {
      // The moment is the point of the test: no event may choose it.
      await delay(random() * 50);
      await killShimd(keeper);
      await until('the next shimd serves', () => shimdStarts(bench).length > kill);
    }
    await bench.ok('wait', 'c1');
    expect((await bench.inspect('c1')).lost.records).toBe(0);
    let next = 0;
    let doubled = 0;
    for (const number of numbers(bench)) {
      expect(number).toBeLessThanOrEqual(next);
      if (number < next) doubled += 1;
      else next += 1;
    }
    expect(next).toBe(LINES);
    expect(doubled).toBeLessThanOrEqual(3 * ROUND);
  });
});
