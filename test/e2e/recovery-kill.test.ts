import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { NumberedContainer } from '../support/numbered-container.js';
import { PRINT_UNTIL_GO, printLines, WAIT_FOR_GO } from '../support/numbered-lines.js';
import { seededRandom } from '../support/random.js';
import { RUNTIMES } from '../support/runtimes.js';
import { keeperOf, killShimd, shimdOf, shimdStarts, stateOf, withoutShimd } from '../support/shim-processes.js';
import { until } from '../support/until.js';
import { Workbench } from '../support/workbench.js';

const SEED = 20_251;
const KILLS = 4;

describe.each(RUNTIMES)('shimd killed by kill -9, on real %s', (runtime) => {
  it('loses nothing when it is killed at random moments under load', async () => {
    // One file without rotation: an older one would be dropped.
    const logs = [{ driver: 'file', options: { maxSize: '2g' } }];
    const bench = new Workbench({ runtime, config: { logs } });
    const container = new NumberedContainer(bench, 'c1', `${PRINT_UNTIL_GO}; exit 41`);
    await bench.ok('run', '-d', '-b', container.bundle, 'c1');
    const keeper = await keeperOf(bench, 'c1');
    const random = seededRandom(SEED);
    for (let kill = 1; kill <= KILLS; kill += 1) {
      // The moment is the point of the test: no event may choose it.
      await delay(random() * 150);
      await killShimd(keeper);
      await until('the next shimd serves', () => shimdStarts(bench).length > kill);
    }
    container.go();
    expect(await bench.ok('wait', 'c1')).toBe('41');
    expect(shimdStarts(bench).map((start) => start.restarts)).toEqual([...Array(KILLS + 1).keys()]);
    const printed = Number(container.read('count'));
    expect(printed).toBeGreaterThan(1_000);
    await container.expectUnharmed(printed, KILLS);
  });

  it('knows the code and the last lines of a container that exits while no shimd is alive', async () => {
    const bench = new Workbench({ runtime });
    const script = [printLines(0, 100), WAIT_FOR_GO, printLines(100, 200), 'exit 42'].join('; ');
    const container = new NumberedContainer(bench, 'c1', script);
    await bench.ok('run', '-d', '-b', container.bundle, 'c1');
    const { pid, shim } = await bench.inspect('c1');
    const waiting = bench.shimctl(['wait', 'c1']);
    await withoutShimd(shim.keeperPid, async () => {
      container.go();
      await until('the container is a zombie', () => stateOf(pid) === 'Z');
    });
    expect(await waiting).toMatchObject({ exitCode: 0, stdout: '42' });
    expect(await bench.inspect('c1')).toMatchObject({ status: 'stopped', exitCode: 42, pid: 0 });
    await container.expectUnharmed(200, 1);
  });

  it('knows the code of a container that the keeper reaped while it waited to start shimd again', async () => {
    const bench = new Workbench({ runtime });
    const container = new NumberedContainer(
      bench,
      'c1',
      `${printLines(0, 50)}; ${WAIT_FOR_GO}; ${printLines(50, 80)}; exit 43`,
    );
    await bench.ok('run', '-d', '-b', container.bundle, 'c1');
    const { pid, shim } = await bench.inspect('c1');
    // The keeper's delay doubles from 100 ms: after the fifth death it is long enough.
    for (let kill = 0; kill < 4; kill += 1) await killShimd(shim.keeperPid);
    const last = await until('a shimd runs', () => shimdOf(shim.keeperPid));
    process.kill(last, 'SIGKILL');
    container.go();
    await until('the keeper reaps the container', () => stateOf(pid) === undefined);
    expect(shimdOf(shim.keeperPid), 'shimd while the container ended').toBe(undefined);
    expect(await bench.ok('wait', 'c1')).toBe('43');
    await container.expectUnharmed(80, 5);
  });

  it('reports the signal that ended a container while no shimd was alive', async () => {
    const bench = new Workbench({ runtime });
    const container = new NumberedContainer(bench, 'c1', `${printLines(0, 10)}; ${WAIT_FOR_GO}`);
    await bench.ok('run', '-d', '-b', container.bundle, 'c1');
    const { pid, shim } = await bench.inspect('c1');
    await withoutShimd(shim.keeperPid, async () => {
      process.kill(pid, 'SIGKILL');
      await until('the container is a zombie', () => stateOf(pid) === 'Z');
    });
    expect(await bench.ok('wait', 'c1')).toBe('137');
    expect(await bench.inspect('c1')).toMatchObject({ status: 'stopped', exitCode: 137, signal: 'SIGKILL' });
    await container.expectUnharmed(10, 1);
  });
});
