import { describe, expect, it } from 'vitest';
import { NumberedContainer } from '../support/numbered-container.js';
import { printLines, WAIT_FOR_GO } from '../support/numbered-lines.js';
import { RUNTIMES } from '../support/runtimes.js';
import { shimdOf, stateOf } from '../support/shim-processes.js';
import { until } from '../support/until.js';
import { Workbench } from '../support/workbench.js';

/** Kills the keeper, and with it shimd, which the kernel kills then. */
async function killKeeper(keeper: number): Promise<void> {
  const shimd = await until('a shimd runs', () => shimdOf(keeper));
  process.kill(keeper, 'SIGKILL');
  await until('keeper and shimd are gone', () => stateOf(keeper) === undefined && stateOf(shimd) === undefined);
}

describe.each(RUNTIMES)('a keeper that is killed, on real %s', (runtime) => {
  it('leaves the container alive; the next command starts one that adopts it and learns its code', async () => {
    const bench = new Workbench({ runtime });
    const alone = `${printLines(100, 150)}; touch /out/printed`;
    const waitForEnd = WAIT_FOR_GO.replace('/out/go', '/out/end');
    const script = [printLines(0, 100), WAIT_FOR_GO, alone, waitForEnd, printLines(150, 200), 'exit 44'].join('; ');
    const container = new NumberedContainer(bench, 'c1', script);
    await bench.ok('run', '-d', '-b', container.bundle, 'c1');
    const before = await bench.inspect('c1');
    await killKeeper(before.shim.keeperPid);
    container.go();
    await until('it prints while nobody reads', () => container.has('printed'));
    expect(stateOf(before.pid), 'the container').toMatch(/[RS]/);

    const after = await bench.inspect('c1');
    expect(after).toMatchObject({ status: 'running', pid: before.pid });
    expect(after.shim.keeperPid).not.toBe(before.shim.keeperPid);
    const exec = await bench.shimctl(['exec', 'c1', '--', 'sh', '-c', 'echo in; exit 12']);
    expect(exec).toMatchObject({ exitCode: 12, stdout: 'in' });
    container.go('end');
    expect(await bench.ok('wait', 'c1')).toBe('44');
    await container.expectUnharmed(200, 1);
  });

  it('does not invent the code of a container that ended while there was none', async () => {
    const bench = new Workbench({ runtime });
    const container = new NumberedContainer(bench, 'c1', `${WAIT_FOR_GO}; exit 45`);
    await bench.ok('run', '-d', '-b', container.bundle, 'c1');
    const { pid, shim } = await bench.inspect('c1');
    await killKeeper(shim.keeperPid);
    container.go();
    await until('the container is gone', () => stateOf(pid) === undefined);
    expect(await bench.ok('wait', 'c1')).toBe('unknown');
    expect(await bench.inspect('c1')).toMatchObject({ status: 'stopped', exitCode: null, signal: null });
  });
});
