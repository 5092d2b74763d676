import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FrontEndGroup } from '../support/front-end-group.js';
import { killShimd, shimdOf, stateOf } from '../support/shim-processes.js';
import { until } from '../support/until.js';
import { Workbench } from '../support/workbench.js';

const alive = (pid: number): boolean => existsSync(`/proc/${pid}`);
const commandLine = (pid: number): string => readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');

describe('a shimd with a front end', () => {
  it('serves launchers, beside the API, until it has nothing more to do', async () => {
    const bench = new Workbench();
    const group = new FrontEndGroup(bench);
    const keeper = await group.start();
    // At once: the keeper's queue holds it until shimd serves.
    expect(await group.about()).toEqual({ pid: shimdOf(keeper), group: 'fe', input: 'said', containers: 0 });
    expect(await bench.ok('list', '--json')).toBe('[]');
    const { stdout } = await bench.shimctl(['--json', 'doctor']);
    const findings = JSON.parse(String(stdout)) as { name: string; verdict: string }[];
    const ofShims = findings.filter(({ name }) => /^(state|containers|shim)/.test(name));
    expect(ofShims.filter(({ verdict }) => verdict !== 'ok')).toEqual([]);
    expect(ofShims.length).toBeGreaterThan(2);
    expect(JSON.parse(await bench.ok('recover', '--json'))).toEqual({ containers: [], leftovers: [] });

    expect(await group.launch('rest')).toEqual({ code: 0, stdout: '', stderr: '' });
    await until('the keeper leaves', () => !alive(keeper));
    expect(group.written('left')).toBe('idle\n');
    expect(existsSync(group.layout.launchSocket('mine'))).toBe(false);
    expect(await group.launch('about')).toEqual({ code: 9, stdout: 'node\n', stderr: '' });
  });

  it('may be killed during a launch, which the next one ends', async () => {
    const bench = new Workbench();
    const group = new FrontEndGroup(bench);
    const keeper = await group.start();
    const launched = group.launch('twice');
    await until('it hangs', () => existsSync(`${bench.directory}/hung`));
    const next = await killShimd(keeper);
    const { code, stdout, stderr } = await launched;
    expect({ code, stderr }).toEqual({ code: 6, stderr: '' });
    expect(stdout).toMatch(/^begun [0-9a-f]{32} ended$/);
    expect((await group.about()).pid).toBe(next);
    await group.launch('rest');
    await until('the keeper leaves', () => !alive(keeper));
  });

  it('is replaced by one with the same front end, by somebody who does not know of it', async () => {
    const bench = new Workbench();
    const group = new FrontEndGroup(bench);
    const keeper = await group.start();
    const { pid } = await group.about();
    await bench.ok('upgrade', '--force');
    const next = (await group.about()).pid;
    expect([next === pid, shimdOf(keeper)]).toEqual([false, next]);
    expect(commandLine(next)).toMatch(/ --idle-timeout 150 --front-end \S+ $/);
    expect(group.written('left')).toBe('upgrade\n');
    // Twice: what is kept is not doubled.
    await bench.ok('upgrade', '--force');
    expect(commandLine((await group.about()).pid).split('--front-end')).toHaveLength(2);
    await group.launch('rest');
    await until('the keeper leaves', () => !alive(keeper));
  });

  it('comes back, with its launchers, when its keeper was killed and somebody starts it who does not know of it', async () => {
    const bench = new Workbench();
    const group = new FrontEndGroup(bench);
    const keeper = await group.start();
    await bench.ok('--group', 'fe', 'run', '-d', '-b', bench.script('b', 'exec sleep 1000'), 'c1');
    const { pid } = await group.about();
    process.kill(keeper, 'SIGKILL');
    await until('shimd has left', () => !alive(pid) || stateOf(pid) === 'Z');
    await bench.ok('list');
    const about = await group.about();
    expect(about).toEqual({ pid: expect.any(Number) as number, group: 'fe', input: 'said', containers: 1 });
    const next = (await bench.inspect('c1')).shim.keeperPid;
    expect(commandLine(about.pid)).toMatch(/ --front-end \S+ $/);
    await bench.ok('delete', '--force', 'c1');
    await group.launch('rest');
    await until('the keeper leaves', () => !alive(next));
  });

  it('says why it does not come up if the front end cannot be used, and comes up once it can', async () => {
    const bench = new Workbench();
    const group = new FrontEndGroup(bench);
    const keeper = await group.start();
    const { pid } = await group.about();
    const good = readFileSync(group.module, 'utf8');
    writeFileSync(group.module, "throw new Error('half installed');");
    const { exitCode, stderr } = await bench.shimctl(['upgrade', '--force']);
    expect(exitCode).toBe(1);
    expect(String(stderr)).toContain('(SHIM_CRASH_LOOP)');
    expect(String(stderr)).toContain(`the front end ${group.module} can't be used: half installed`);
    expect(group.log()).toContain('SHIM_FRONT_END');
    writeFileSync(group.module, good);
    process.kill(keeper, 'SIGUSR1');
    expect((await group.about()).pid).not.toBe(pid);
    await group.launch('rest');
    await until('the keeper leaves', () => !alive(keeper));
  });
});
