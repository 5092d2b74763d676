import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { cgroupFile, freeze } from '../support/cgroup-files.js';
import { Fault, NumberedContainer } from '../support/numbered-container.js';
import { RUNTIMES, type RuntimeName } from '../support/runtimes.js';
import { keeperOf, killShimd } from '../support/shim-processes.js';
import { until } from '../support/until.js';
import { Workbench } from '../support/workbench.js';

/** Counts in /out/count, and ends with 5 at TERM. */
const COUNTING = 'trap "exit 5" TERM; i=0; while :; do i=$((i+1)); echo $i > /out/count; sleep 0.01; done';

interface Counting {
  readonly bench: Workbench;
  count(): number;
}

async function counting(runtime: RuntimeName, env: Record<string, string> = {}): Promise<Counting> {
  const bench = new Workbench({ runtime });
  const container = new NumberedContainer(bench, 'c1', COUNTING);
  const run = await bench.shimctl(['run', '-d', '-b', container.bundle, 'c1'], { env });
  expect(run.exitCode, String(run.stderr)).toBe(0);
  const file = join(container.out, 'count');
  await until('it counts', () => existsSync(file) && readFileSync(file, 'utf8') !== '');
  return { bench, count: () => Number(readFileSync(file, 'utf8')) };
}

async function frozen(bench: Workbench): Promise<boolean> {
  return cgroupFile((await bench.inspect('c1')).pid, 'freezer', 'freezer.state') === 'FROZEN';
}

describe.each(RUNTIMES)('pause on real %s', (runtime) => {
  it('stops every process, and resume lets them go on', async () => {
    const { bench, count } = await counting(runtime);
    await bench.ok('pause', 'c1');
    expect(await bench.inspect('c1')).toMatchObject({ status: 'paused' });
    expect(await bench.ok('list')).toMatch(/^c1 +paused /m);
    const before = count();
    // Long enough for it to count on, if it could.
    await delay(100);
    expect([count(), await frozen(bench)]).toEqual([before, true]);
    await bench.ok('resume', 'c1');
    await until('it counts on', () => count() > before);
    expect(await bench.inspect('c1')).toMatchObject({ status: 'running' });
  });

  it('is refused where it makes no sense, and so is exec meanwhile', async () => {
    const { bench } = await counting(runtime);
    const refusal = (command: string): object => {
      return { exitCode: 1, stderr: expect.stringContaining(`cannot ${command} c1: it is`) as string };
    };
    expect(await bench.shimctl(['resume', 'c1'])).toMatchObject(refusal('resume'));
    await bench.ok('pause', 'c1');
    expect(await bench.shimctl(['pause', 'c1'])).toMatchObject(refusal('pause'));
    const exec = await bench.shimctl(['exec', 'c1', '--', 'true']);
    expect(exec).toMatchObject({ ...refusal('run a command in'), exitCode: 125 });
    expect(exec.stderr).toContain('SHIM_ILLEGAL_STATE');
    expect(exec.stderr).toContain('shimctl resume');
  });

  it('is no hindrance for stop, which lets the program handle its signal', async () => {
    const { bench } = await counting(runtime);
    await bench.ok('pause', 'c1');
    await bench.ok('stop', 'c1');
    expect(await bench.inspect('c1')).toMatchObject({ status: 'stopped', exitCode: 5 });
  });

  it('is no hindrance for kill, and for no signal but KILL an end', async () => {
    const { bench } = await counting(runtime);
    await bench.ok('pause', 'c1');
    await bench.ok('kill', 'c1', 'TERM');
    expect(await bench.inspect('c1')).toMatchObject({ status: 'paused' });
    await bench.ok('kill', 'c1', 'KILL');
    expect(await bench.ok('wait', 'c1')).toMatch(/^(5|137)$/);
  });

  it('is no hindrance for the signal KILL if shimd dies before it has thawed what it signalled', async () => {
    const fault = new Fault(new Workbench({ runtime }), 'kill-signalled');
    const { bench } = await counting(runtime, fault.env);
    await bench.ok('pause', 'c1');
    expect((await bench.shimctl(['kill', 'c1', 'KILL'])).stderr).toContain('SHIM_OUTCOME_UNKNOWN');
    expect(fault.happened, 'the fault point was reached').toBe(true);
    expect(await bench.ok('wait', 'c1')).toBe('137');
  });

  it('is no hindrance for delete --force', async () => {
    const { bench } = await counting(runtime);
    await bench.ok('pause', 'c1');
    await bench.ok('delete', '--force', 'c1');
    expect(JSON.parse(await bench.ok('list', '--json'))).toEqual([]);
  });

  it("is no hindrance for stop when it was done by another's hand", async () => {
    const { bench } = await counting(runtime);
    freeze((await bench.inspect('c1')).pid);
    await bench.ok('stop', '-t', '0', 'c1');
    expect(await bench.inspect('c1')).toMatchObject({ status: 'stopped' });
  });

  it('outlives shimd', async () => {
    const { bench, count } = await counting(runtime);
    await bench.ok('pause', 'c1');
    await killShimd(await keeperOf(bench, 'c1'));
    expect(await bench.inspect('c1')).toMatchObject({ status: 'paused' });
    const before = count();
    await bench.ok('resume', 'c1');
    await until('it counts on', () => count() > before);
  });

  it.each(['pause-intent', 'pause', 'resume-intent', 'resume'])(
    'is carried through once if shimd dies at %s',
    async (point) => {
      const fault = new Fault(new Workbench({ runtime }), point);
      const { bench } = await counting(runtime, fault.env);
      await bench.ok('pause', 'c1');
      expect([(await bench.inspect('c1')).status, await frozen(bench)]).toEqual(['paused', true]);
      await bench.ok('resume', 'c1');
      expect([(await bench.inspect('c1')).status, await frozen(bench)]).toEqual(['running', false]);
      expect(fault.happened, 'the fault point was reached').toBe(true);
    },
  );
});
