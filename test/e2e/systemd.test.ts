import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RUNTIMES } from '../support/runtimes.js';
import { keeperOf, killShimd, stateOf } from '../support/shim-processes.js';
import { UnitCgroup } from '../support/unit-cgroup.js';
import { notifyProgram, Unit } from '../support/unit.js';
import { until } from '../support/until.js';
import { Workbench } from '../support/workbench.js';

const IDLE = 'while :; do sleep 1000 & wait $!; done';
/** Says what the test writes into a FIFO of the container's. */
const SAY = `mkfifo /say/it; while :; do read line < /say/it && /notify/notify "$line"; done`;

describe.each(RUNTIMES)('a unit of systemd, played by a socket, with %s', (runtime) => {
  it('is ready as soon as the container runs, and shimctl is its main process while it stays', async () => {
    const bench = new Workbench({ runtime });
    const unit = new Unit(bench);
    const bundle = bench.script('b', 'env; read line');
    const run = bench.shimctl(['run', '-i', '-b', bundle, 'c1'], { env: unit.env, stdin: 'pipe' });
    expect(await unit.hear()).toBe(`MAINPID=${run.pid}\nREADY=1`);
    run.stdin?.end('\n');
    const { exitCode, stdout } = await run;
    expect(exitCode).toBe(0);
    expect(stdout).not.toContain('NOTIFY_SOCKET');
    expect(unit.heard()).toBeUndefined();
  });

  it('has the init of a detached container as its main process', async () => {
    const bench = new Workbench({ runtime });
    const unit = new Unit(bench);
    await bench.shimctl(['run', '-d', '-b', bench.script('b', IDLE), 'c1'], { env: unit.env });
    expect(unit.heard()).toBe(`MAINPID=${(await bench.inspect('c1')).pid}\nREADY=1`);
    await bench.shimctl(['run', '-d', '--sdnotify', 'ignore', '-b', bench.script('b2', IDLE), 'c2'], { env: unit.env });
    expect(unit.heard()).toBeUndefined();
  });

  it('hears what the container itself says, filtered, while shimd is killed in between', async () => {
    const bench = new Workbench({ runtime });
    const unit = new Unit(bench);
    const bundle = bench.script(
      'b',
      `/notify/notify STATUS=starting 'MAINPID=1' 'READY=1
FDSTORE=1'; read line; /notify/notify 'RELOADING=1
MONOTONIC_USEC=5'; read line; /notify/notify STOPPING=1; exit 9`,
      { mounts: [notifyProgram(bench)], uid: 33 },
    );
    const run = bench.shimctl(['run', '-i', '--sdnotify', 'container', '-b', bundle, 'c1'], {
      env: unit.env,
      stdin: 'pipe',
    });
    expect(await unit.hear()).toBe('STATUS=starting');
    expect(await unit.hear()).toBe(`MAINPID=${run.pid}\nREADY=1`);
    await killShimd(await keeperOf(bench, 'c1'));
    run.stdin?.write('\n');
    // After a restart of shimd nobody knows whether this was passed on: it is said again.
    const heard = [await unit.hear()];
    while (!heard.at(-1)?.includes('RELOADING')) heard.push(await unit.hear());
    expect(heard.at(-1)).toBe('RELOADING=1\nMONOTONIC_USEC=5');
    run.stdin?.end('\n');
    expect(await unit.hear()).toBe('STOPPING=1');
    expect((await run).exitCode).toBe(9);
  });

  it('waits for a detached container to be ready, and hears from shimd what it says later', async () => {
    const bench = new Workbench({ runtime });
    const unit = new Unit(bench);
    const say = bench.tmpfs('say', '1m');
    const bundle = bench.script('b', SAY, {
      mounts: [notifyProgram(bench), { source: say, destination: '/say' }],
    });
    const run = bench.shimctl(['run', '-d', '--sdnotify=container', '-b', bundle, 'c1'], {
      env: { ...unit.env, WATCHDOG_USEC: '3000000' },
    });
    await until('the container listens', () => existsSync(join(say, 'it')));
    const write = (line: string): Promise<unknown> =>
      bench.ok('exec', 'c1', '--', 'sh', '-c', `echo ${line} > /say/it`);
    await write('STATUS=loading');
    expect(await unit.hear()).toBe('STATUS=loading');
    expect(run.exitCode).toBeNull();
    await write('READY=1');
    expect((await run).exitCode).toBe(0);
    const { pid } = await bench.inspect('c1');
    expect(await unit.hear()).toBe(`MAINPID=${pid}\nREADY=1`);
    await write('STATUS=serving');
    expect(await unit.hear()).toBe('STATUS=serving');
    await killShimd(await keeperOf(bench, 'c1'));
    await write('WATCHDOG=1');
    expect(await unit.hear()).toBe('WATCHDOG=1');
  });

  it('fails to start when the container ends before it is ready', async () => {
    const bench = new Workbench({ runtime });
    const unit = new Unit(bench);
    for (const [code, exitCode] of [
      [3, 3],
      [0, 125],
    ]) {
      const bundle = bench.script(`b${code}`, `exit ${code}`);
      const args = ['run', '-d', '--rm', '--sdnotify', 'container', '-b', bundle, `c${code}`];
      const run = await bench.shimctl(args, { env: unit.env });
      expect(run.exitCode).toBe(exitCode);
      expect(run.stderr).toContain('before it said READY=1 (SHIM_NOT_READY)');
    }
    expect(unit.heard()).toBeUndefined();
  });

  it('that is not there is no reason to fail', async () => {
    const bench = new Workbench({ runtime });
    const run = await bench.shimctl(['run', '-b', bench.script('b', 'exit 4'), 'c1'], {
      env: { NOTIFY_SOCKET: join(bench.directory, 'nobody') },
    });
    expect(run.exitCode).toBe(4);
    expect(run.stderr).toContain("NOTIFY_SOCKET can't be reached");
  });
});

describe.each(RUNTIMES)('the cgroup of a unit, with %s', (runtime) => {
  it('takes a container with it that was started --with-unit, and no other', async () => {
    const bench = new Workbench({ runtime });
    const cgroup = new UnitCgroup(bench);
    const bundle = bench.script('b', IDLE);
    expect(await cgroup.shimctl('run', '-d', '--with-unit', '-b', bundle, 'bound')).toEqual({
      exitCode: 0,
      stderr: '',
    });
    expect(await cgroup.shimctl('run', '-d', '-b', bundle, 'free')).toEqual({ exitCode: 0, stderr: '' });
    const [bound, free] = [await bench.inspect('bound'), await bench.inspect('free')];
    expect(cgroup.pids).toContain(bound.pid);
    expect(cgroup.pids).not.toContain(free.pid);
    for (const pid of [bound.shim.pid, bound.shim.keeperPid]) expect(cgroup.pids).not.toContain(pid);
    await cgroup.kill();
    expect(await bench.ok('wait', 'bound')).toBe('137');
    expect(await bench.inspect('bound')).toMatchObject({ status: 'stopped', exitCode: 137, signal: 'SIGKILL' });
    expect(stateOf(free.pid)).toMatch(/[SR]/);
    await bench.ok('delete', 'bound');
    expect((await bench.inspect('free')).status).toBe('running');
  });

  it('is refused where there is none, and with a runtime that lets systemd make the cgroup', async () => {
    const bench = new Workbench({ runtime });
    const bundle = bench.script('b', IDLE);
    const nowhere = await bench.shimctl(['run', '-d', '--with-unit', '-b', bundle, 'c1']);
    expect(nowhere.exitCode).toBe(125);
    expect(nowhere.stderr).toContain('SHIM_INVALID_ARGUMENT');
    bench.writeConfig({ runtimes: { [runtime]: { options: { path: runtime, systemdCgroup: true } } } });
    const scope = await new UnitCgroup(bench).shimctl('run', '-d', '--with-unit', '-b', bundle, 'c1');
    expect(scope.exitCode).toBe(125);
    expect(scope.stderr).toContain('with systemdCgroup systemd makes a scope for the container');
    expect(JSON.parse(await bench.ok('list', '--json'))).toEqual([]);
  });
});
