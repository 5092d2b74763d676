import { describe, expect, it } from 'vitest';
import { Fault, NumberedContainer } from '../support/numbered-container.js';
import { expectWhole, ofProcess, printLines, readLines } from '../support/numbered-lines.js';
import { RUNTIMES } from '../support/runtimes.js';
import { shimdStarts } from '../support/shim-processes.js';
import { until } from '../support/until.js';
import { Workbench } from '../support/workbench.js';

/** As fast as it can, then slowly, then fast again. */
const LINES = 4_000;
const SCRIPT = [
  printLines(0, 3_000),
  printLines(3_000, 3_030, 'sleep 0.005'),
  printLines(3_030, LINES),
  'exit 37',
].join('; ');

/** Where shimd dies, at which passage. */
const FAULTS = [
  ['intent-recorded', 1],
  ['create', 1],
  ['pid-recorded', 1],
  ['start', 1],
  ['log-peek', 1],
  ['log-write', 1],
  ['log-write', 20],
  ['log-commit', 20],
  ['exit-seen', 1],
  ['exit-recorded', 1],
] as const;

describe.each(RUNTIMES)('shimd killed at a named step, on real %s', (runtime) => {
  it.each(FAULTS)('loses nothing when it dies at %s, passage %i', async (point, hit) => {
    const bench = new Workbench({ runtime });
    const fault = new Fault(bench, point, hit);
    const container = new NumberedContainer(bench, 'c1', SCRIPT);

    const run = await bench.shimctl(['run', '-d', '-b', container.bundle, 'c1'], { env: fault.env });
    expect({ exitCode: run.exitCode, stderr: run.stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(await bench.ok('wait', 'c1')).toBe('37');

    expect(fault.happened, 'the fault point was reached').toBe(true);
    const starts = shimdStarts(bench);
    expect(starts.map((start) => start.restarts)).toEqual([0, 1]);
    expect(starts[1]?.pid).not.toBe(starts[0]?.pid);
    expect(await bench.inspect('c1')).toMatchObject({
      status: 'stopped',
      exitCode: 37,
      signal: null,
      shim: { pid: starts[1]?.pid },
    });
    await container.expectUnharmed(LINES, 1);
  });

  it('doubles the batch that was written and not yet taken from the pipe', async () => {
    const bench = new Workbench({ runtime });
    const fault = new Fault(bench, 'log-write');
    const container = new NumberedContainer(bench, 'c1', printLines(0, 100));
    await bench.shimctl(['run', '-d', '-b', container.bundle, 'c1'], { env: fault.env });
    expect(await bench.ok('wait', 'c1')).toBe('0');
    const { stdout, stderr } = await container.log();
    expect([...stdout.doubled, ...stderr.doubled], 'runs of doubled lines').toContainEqual({
      from: 0,
      lines: expect.any(Number) as number,
    });
  });

  it('passes the whole output on to a client in the foreground', async () => {
    const bench = new Workbench({ runtime });
    const fault = new Fault(bench, 'log-commit', 3);
    const container = new NumberedContainer(bench, 'c1', SCRIPT);
    const run = await bench.shimctl(['run', '-b', container.bundle, 'c1'], { env: fault.env });
    expect(fault.happened, 'the fault point was reached').toBe(true);
    expect(run.exitCode, String(run.stderr).slice(-300)).toBe(37);
    expectWhole(readLines(String(run.stdout), 'o'), LINES, 1);
    expectWhole(readLines(ofProcess(run.stderr), 'e'), LINES, 1);
    await container.expectUnharmed(LINES, 1);
  });

  it('goes on with a stop: one signal, one deadline', async () => {
    const bench = new Workbench({ runtime });
    const fault = new Fault(bench, 'stop-signalled');
    const bundle = bench.script('b', 'trap "echo asked" TERM; echo up; while :; do sleep 0.05; done');
    await bench.shimctl(['run', '-d', '-b', bundle, 'c1'], { env: fault.env });
    await until('it has begun', async () => (await bench.ok('logs', 'c1')) === 'up');
    await bench.ok('stop', '-t', '2', 'c1');
    expect(fault.happened, 'the fault point was reached').toBe(true);
    expect(await bench.inspect('c1')).toMatchObject({ status: 'stopped', exitCode: 137 });
    expect(await bench.ok('logs', 'c1')).toBe('up\nasked');
  });

  it('finishes a delete that was cut off', async () => {
    const bench = new Workbench({ runtime });
    const fault = new Fault(bench, 'delete');
    const bundle = bench.script('b', 'exit 3');
    const run = await bench.shimctl(['run', '-b', bundle, 'c1'], { env: fault.env });
    expect(run.exitCode).toBe(3);
    const removed = await bench.shimctl(['delete', 'c1']);
    expect({ exitCode: removed.exitCode, stderr: removed.stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(fault.happened, 'the fault point was reached').toBe(true);
    expect(JSON.parse(await bench.ok('list', '--json'))).toEqual([]);
  });
});
