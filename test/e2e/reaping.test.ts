import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { processesWith } from '../support/container-processes.js';
import { IdleContainer } from '../support/idle-container.js';
import { RUNTIMES, type RuntimeName } from '../support/runtimes.js';
import { childrenOf, stateOf } from '../support/shim-processes.js';
import { until } from '../support/until.js';
import { Workbench } from '../support/workbench.js';

/** Forks twice: the inner process becomes an orphan and ends soon after. */
const ORPHANS = '(sleep 0.1 &) ; (sleep 0.1 &) ; (sleep 0.1 &)';

function zombiesOf(keeper: number): number[] {
  return childrenOf(keeper).filter((pid) => stateOf(pid) === 'Z');
}

/** A bundle whose processes share the host's pid namespace; each has MARK in its environment. */
function hostPidBundle(bench: Workbench, script: string, mark: string): string {
  const bundle = bench.script('b', script, { env: [mark] });
  const file = join(bundle, 'config.json');
  const spec = JSON.parse(readFileSync(file, 'utf8')) as { linux: { namespaces: { type: string }[] } };
  spec.linux.namespaces = spec.linux.namespaces.filter(({ type }) => type !== 'pid');
  writeFileSync(file, JSON.stringify(spec));
  return bundle;
}

async function startHostPid(runtime: RuntimeName): Promise<{ bench: Workbench; mark: string; keeper: number }> {
  const bench = new Workbench({ runtime });
  const mark = `MARK=${bench.directory}`;
  const script = `${ORPHANS}; (sleep 1000 &); (setsid sleep 1000 &); sleep 1000; true`;
  await bench.ok('run', '-d', '-b', hostPidBundle(bench, script, mark), 'c1');
  await until('all its processes run', () => processesWith(mark).length >= 4);
  return { bench, mark, keeper: (await bench.inspect('c1')).shim.keeperPid };
}

describe.each(RUNTIMES)('reaping on real %s', (runtime) => {
  it("leaves no zombie of exec'd processes and of their orphans", async () => {
    const container = await IdleContainer.start(runtime);
    const { pid, shim } = await container.inspect();
    for (let n = 0; n < 3; n += 1) expect((await container.sh(`${ORPHANS}; exit 2`)).exitCode).toBe(2);
    await until('every orphan is reaped', () => zombiesOf(shim.keeperPid).length === 0);
    const left = childrenOf(shim.keeperPid).sort((a, b) => a - b);
    expect(left).toEqual([shim.pid, pid].sort((a, b) => a - b));
  });

  it('reaps the orphans of a container in the pid namespace of the host', async () => {
    const { bench, mark, keeper } = await startHostPid(runtime);
    await until(
      'the short ones end and are reaped',
      () => processesWith(mark).length === 4 && zombiesOf(keeper).length === 0,
    );
    expect((await bench.inspect('c1')).status).toBe('running');
    await bench.ok('delete', '--force', 'c1');
  });

  it('leaves no process of such a container after stop and delete', async () => {
    const { bench, mark, keeper } = await startHostPid(runtime);
    await bench.ok('exec', '-d', '-e', mark, 'c1', '--', 'sh', '-c', '(sleep 1000 &); sleep 1000; true');
    await until("the exec'd processes run too", () => processesWith(mark).length >= 7);
    await bench.ok('stop', '-t', '1', 'c1');
    await bench.ok('delete', 'c1');
    await until('all of them end', () => processesWith(mark).length === 0);
    await until('the keeper has reaped them', () => zombiesOf(keeper).length === 0);
  });

  it('leaves no process of such a container after a forced delete', async () => {
    const { bench, mark } = await startHostPid(runtime);
    await bench.ok('delete', '--force', 'c1');
    await until('all of them end', () => processesWith(mark).length === 0);
  });
});
