import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DoomedCaller } from '../support/doomed-caller.js';
import { contextOf, type ProcessContext } from '../support/process-context.js';
import { RUNTIMES } from '../support/runtimes.js';
import { stateOf } from '../support/shim-processes.js';
import { until } from '../support/until.js';
import { Workbench } from '../support/workbench.js';

const SCRIPT = 'i=0; while :; do echo "line $i"; i=$((i+1)); sleep 0.05; done';
const UMASKS = { keeper: '0077', shimd: '0022', container: '0022' };

/** Fails if a process has anything of the caller's. */
function expectNothingOf(caller: DoomedCaller, context: ProcessContext): void {
  expect(context.session).not.toBe(caller.pid);
  expect(context.cwd).toBe('/');
  expect(context.openFiles).toBeGreaterThan(64);
  expect(context.environment.filter((variable) => variable.startsWith('SECRET='))).toEqual([]);
  expect(context.files.filter((file) => caller.files.includes(file))).toEqual([]);
  const name = basename(caller.cgroups[0] as string);
  expect(context.cgroups.filter((cgroup) => cgroup.split('/').includes(name))).toEqual([]);
}

async function lineCount(bench: Workbench): Promise<number> {
  return (await bench.ok('logs', 'c1')).split('\n').length;
}

describe.each(RUNTIMES)('placement, on real %s', (runtime) => {
  it('leaves nothing of its first caller to keeper, shimd and container, which outlive its cgroup and session, twice', async () => {
    const bench = new Workbench({ runtime });
    const caller = new DoomedCaller(bench);
    await caller.shimctl('run', '-d', '-b', bench.script('b', SCRIPT), 'c1');
    const { pid, shim } = await bench.inspect('c1');
    const processes = { keeper: shim.keeperPid, shimd: shim.pid, container: pid };
    expect(contextOf(caller.pid)).toMatchObject({ session: caller.pid, cwd: caller.cwd, umask: '0000', openFiles: 64 });
    for (const [name, process] of Object.entries(processes)) {
      const context = contextOf(process);
      expectNothingOf(caller, context);
      expect(context.umask, name).toBe(UMASKS[name as keyof typeof UMASKS]);
    }

    await caller.kill();
    const atDeath = await lineCount(bench);
    await until('the log grows on', async () => (await lineCount(bench)) > atDeath);
    expect(await bench.inspect('c1')).toMatchObject({ status: 'running', pid, shim });

    // The service starts anew, uses what runs, starts one more, and is killed again.
    await caller.shimctl('run', '-d', '-b', bench.script('b2', SCRIPT), 'c2');
    await caller.kill();
    for (const id of ['c1', 'c2']) expect(await bench.inspect(id)).toMatchObject({ status: 'running', shim });
    expect(Object.values(processes).map(stateOf)).toEqual(expect.not.arrayContaining([undefined, 'Z']));
    await bench.ok('stop', '-t', '0', 'c2');
    expect(await bench.inspect('c2')).toMatchObject({ status: 'stopped', exitCode: 137 });
  });
});
