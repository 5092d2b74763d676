import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { HttpShimClient, StateLayout } from '@holdfast/core/client';
import { Installation } from '../support/installation.js';
import { Fault, NumberedContainer } from '../support/numbered-container.js';
import {
  expectWhole,
  ofProcess,
  PRINT_CALMLY_UNTIL_GO,
  PRINT_UNTIL_GO,
  printLines,
  readLines,
  WAIT_FOR_GO,
} from '../support/numbered-lines.js';
import { Person } from '../support/person.js';
import { seededRandom } from '../support/random.js';
import { RUNTIMES } from '../support/runtimes.js';
import { killShimd, shimdOf, shimdStarts, type ShimdStart } from '../support/shim-processes.js';
import { until } from '../support/until.js';
import { SHIMCTL, Workbench } from '../support/workbench.js';

const INSTALLED = (
  JSON.parse(readFileSync(join(import.meta.dirname, '../../packages/shimctl/package.json'), 'utf8')) as {
    version: string;
  }
).version;
/** One file without rotation: an older one would be dropped. */
const ONE_FILE = { logs: [{ driver: 'file', options: { maxSize: '2g' } }] };
const SLOWLY = `${printLines(0, 40, 'sleep 0.01')}; touch /out/told; ${WAIT_FOR_GO.replace('/out/go', '/out/on')}; ${printLines(40, 80)}`;

/** The versions that have served, in order. */
function served(bench: Workbench): string[] {
  return (shimdStarts(bench) as (ShimdStart & { version: string })[]).map(({ version }) => version);
}

const upgraded = (from: string, to: string, group = 'default'): object => ({
  ...{ group, from, to },
  result: 'upgraded',
  error: null,
});

describe.each(RUNTIMES)('shimctl upgrade, on real %s', (runtime) => {
  it('is noticed by no container, no exec session and no client; no line is lost or doubled', async () => {
    const bench = new Workbench({ runtime, config: ONE_FILE });
    const next = new Installation(bench, '9.8.7');
    const busy = new NumberedContainer(bench, 'busy', `${PRINT_UNTIL_GO}; exit 41`);
    const front = new NumberedContainer(bench, 'front', `${SLOWLY}; exit 42`);
    await bench.ok('run', '-d', '-b', busy.bundle, 'busy');
    const { pid, shim } = await bench.inspect('busy');
    const before = served(bench);
    const foreground = bench.shimctl(['run', '-b', front.bundle, 'front']);
    const script = `${printLines(0, 40)}; touch /out/exec-told; while [ ! -e /out/exec-on ]; do sleep 0.02; done; ${printLines(40, 80)}; exit 43`;
    const exec = bench.shimctl(['exec', 'busy', '--', 'sh', '-c', script]);
    const waiting = bench.shimctl(['wait', 'busy']);
    await until('both have begun', () => front.has('told') && busy.has('exec-told'));

    expect(await next.upgrade()).toEqual({ exitCode: 0, report: [upgraded(INSTALLED, '9.8.7')], stderr: '' });

    expect(await bench.inspect('busy')).toMatchObject({ pid, status: 'running', shim: { keeperPid: shim.keeperPid } });
    expect(served(bench)).toEqual([...before, '9.8.7']);
    for (const file of ['on', 'exec-on']) (file === 'on' ? front : busy).go(file);
    const [run, session] = await Promise.all([foreground, exec]);
    busy.go();
    expect(await waiting).toMatchObject({ exitCode: 0, stdout: '41' });
    expect([run.exitCode, session.exitCode]).toEqual([42, 43]);
    for (const { stdout, stderr } of [run, session]) {
      expectWhole(readLines(String(stdout), 'o'), 80, 0);
      expectWhole(readLines(ofProcess(stderr), 'e'), 80, 0);
    }
    await busy.expectUnharmed(Number(busy.read('count')), 0);
    await front.expectUnharmed(80, 0);
  });

  it('goes on with a terminal, and with what is typed into it', async () => {
    const bench = new Workbench({ runtime });
    const next = new Installation(bench, '9.8.7');
    const bundle = bench.bundle('b', ['sh', '-i'], { env: ['PATH=/bin', 'PS1=ready> '] });
    const command = [SHIMCTL, '--config', bench.configFile, 'run', '-it', '-b', bundle, 'sh1'];
    const person = await Person.runs(command, { rows: 31, columns: 97 });
    await person.sees('ready> ');
    person.type('name=kept\n');
    await person.sees('ready> ');
    expect(await next.upgrade()).toMatchObject({ exitCode: 0, report: [upgraded(INSTALLED, '9.8.7')] });
    person.type('stty size; echo $name\n');
    await person.sees('31 97\r\nkept\r\n');
    person.type('exit 7\n');
    expect(await person.ended).toBe(7);
  });

  it('takes the new version for what dies later, and does nothing twice', async () => {
    const bench = new Workbench({ runtime });
    const next = new Installation(bench, '9.8.7');
    await bench.ok('run', '-d', '-b', bench.script('b', 'sleep 1000'), 'c1');
    await next.upgrade();
    expect(await next.upgrade()).toMatchObject({ exitCode: 0, report: [{ result: 'current', from: '9.8.7' }] });
    const { shim } = await bench.inspect('c1');
    await killShimd(shim.keeperPid);
    await bench.ok('exec', 'c1', '--', 'true');
    expect(served(bench)).toEqual([INSTALLED, '9.8.7', '9.8.7']);
    expect(await next.upgrade(['--force'])).toMatchObject({ exitCode: 0, report: [upgraded('9.8.7', '9.8.7')] });
    expect(served(bench)).toHaveLength(4);
    // Back again: both read the state of the other.
    expect(await bench.ok('upgrade')).toBe(`default: 9.8.7 → ${INSTALLED}`);
    expect(await bench.ok('exec', 'c1', '--', 'echo', 'still')).toBe('still');
  });

  it('goes back if the new shimd does not come to serve, and says so', async () => {
    const bench = new Workbench({ runtime, config: ONE_FILE });
    const broken = new Installation(bench, '9.8.7', { shimd: 'console.error("no such thing"); process.exit(3)' });
    const container = new NumberedContainer(bench, 'c1', `${PRINT_UNTIL_GO}; exit 5`);
    await bench.ok('run', '-d', '-b', container.bundle, 'c1');
    const { pid } = await bench.inspect('c1');
    const { exitCode, report, stderr } = await broken.upgrade();
    expect([exitCode, report]).toEqual([
      1,
      [
        {
          ...{ group: 'default', result: 'failed', from: INSTALLED, to: '9.8.7' },
          error: {
            code: 'SHIM_UPGRADE_FAILED',
            message: `the new shimd of group default exited with 3 before it served; the keeper has gone back to ${INSTALLED}, which serves`,
            where: 'default',
            remedy: expect.stringContaining('shimd.log') as string,
          },
        },
      ],
    ]);
    expect(stderr).toContain('SHIM_UPGRADE_FAILED');
    expect(await bench.inspect('c1')).toMatchObject({ pid, status: 'running' });
    expect(readFileSync(join(bench.root, 'groups/default/shimd.log'), 'utf8')).toContain('no such thing');
    const { exitCode: second } = await new Installation(bench, '9.8.8').upgrade();
    expect(second).toBe(0);
    expect(served(bench)).toEqual([INSTALLED, INSTALLED, '9.8.8']);
    container.go();
    expect(await bench.ok('wait', 'c1')).toBe('5');
    await container.expectUnharmed(Number(container.read('count')), 0);
  });

  it.each(['upgrade-asked', 'upgrade-offered', 'upgrade-letting-go'])(
    'comes to its end if the old shimd is killed at %s',
    async (point) => {
      const bench = new Workbench({ runtime, config: ONE_FILE });
      const next = new Installation(bench, '9.8.7');
      const fault = new Fault(bench, point);
      const container = new NumberedContainer(bench, 'c1', `${PRINT_UNTIL_GO}; exit 5`);
      await bench.shimctl(['run', '-d', '-b', container.bundle, 'c1'], { env: fault.env });
      expect(await next.upgrade()).toMatchObject({ exitCode: 0, report: [upgraded(INSTALLED, '9.8.7')] });
      expect(fault.happened, 'the fault point was reached').toBe(true);
      expect(served(bench).at(-1)).toBe('9.8.7');
      container.go();
      expect(await bench.ok('wait', 'c1')).toBe('5');
      await container.expectUnharmed(Number(container.read('count')), 1);
    },
  );

  it('goes back if the new shimd is killed on its trial, and can be tried again', async () => {
    const bench = new Workbench({ runtime, config: ONE_FILE });
    const next = new Installation(bench, '9.8.7', { faults: true });
    const fault = new Fault(bench, 'upgrade-on-trial');
    const container = new NumberedContainer(bench, 'c1', `${PRINT_UNTIL_GO}; exit 5`);
    await bench.ok('run', '-d', '-b', container.bundle, 'c1');
    const env = { HOLDFAST_FAULT: fault.env['HOLDFAST_FAULT'] as string };
    const failed = await next.upgrade([], env);
    expect(failed).toMatchObject({ exitCode: 1, report: [{ error: { code: 'SHIM_UPGRADE_FAILED' } }] });
    expect(failed.report[0]?.error?.message).toContain('was ended by SIGKILL before it served');
    expect(fault.happened, 'the fault point was reached').toBe(true);
    expect(await next.upgrade([], env)).toMatchObject({ exitCode: 0, report: [upgraded(INSTALLED, '9.8.7')] });
    expect(served(bench)).toEqual([INSTALLED, INSTALLED, '9.8.7']);
    container.go();
    expect(await bench.ok('wait', 'c1')).toBe('5');
    await container.expectUnharmed(Number(container.read('count')), 1);
  });

  it('ends in the one or the other version if shimd is killed at random moments meanwhile', async () => {
    const bench = new Workbench({ runtime, config: ONE_FILE });
    const container = new NumberedContainer(bench, 'c1', `${PRINT_CALMLY_UNTIL_GO}; exit 5`);
    await bench.ok('run', '-d', '-b', container.bundle, 'c1');
    const { pid, shim } = await bench.inspect('c1');
    const random = seededRandom(1711);
    let kills = 0;
    for (let round = 1; round <= 3; round += 1) {
      const next = new Installation(bench, `9.${round}.0`);
      const upgrade = next.upgrade();
      // The moment is the point of the test: no event may choose it.
      await delay(200 + random() * 600);
      const victim = shimdOf(shim.keeperPid);
      if (victim !== undefined) {
        process.kill(victim, 'SIGKILL');
        kills += 1;
      }
      const { report } = await upgrade;
      if (report[0]?.result === 'failed') expect(report[0].error?.code).toBe('SHIM_UPGRADE_FAILED');
      else expect(await bench.ok('upgrade', '--json')).toContain(`"from":"${next.version}"`);
      expect(await bench.inspect('c1')).toMatchObject({ pid, status: 'running' });
    }
    container.go();
    expect(await bench.ok('wait', 'c1')).toBe('5');
    await container.expectUnharmed(Number(container.read('count')), kills);
  });
});

describe('shimctl upgrade', () => {
  it('replaces the shims of all groups, or that of one, and names each', async () => {
    const bench = new Workbench();
    const next = new Installation(bench, '9.8.7');
    const bundle = bench.script('b', 'sleep 1000');
    for (const group of ['a', 'b', 'c']) await bench.ok('run', '-d', '-b', bundle, '--group', group, `c-${group}`);
    const { stdout } = await next.shimctl(['upgrade', '--group', 'b']);
    expect(stdout).toBe(`b: ${INSTALLED} → 9.8.7`);
    expect((await next.shimctl(['upgrade'])).stdout).toBe(
      [`a: ${INSTALLED} → 9.8.7`, 'b: 9.8.7', `c: ${INSTALLED} → 9.8.7`].join('\n'),
    );
    expect(await next.shimctl(['upgrade', '--group', 'none'])).toEqual({
      ...{ exitCode: 0, stderr: '' },
      stdout: 'none: does not run; the next command starts 9.8.7',
    });
    expect((await bench.shimctl(['upgrade', '--group', '../x'])).stderr).toContain('SHIM_CONFIG_INVALID');
  });

  it('that is asked for by many at once happens once; of two versions one comes last', async () => {
    const bench = new Workbench();
    const next = new Installation(bench, '9.8.7');
    await bench.ok('run', '-d', '-b', bench.script('b', 'sleep 1000'), 'c1');
    const all = await Promise.all([next.upgrade(), next.upgrade(), next.upgrade()]);
    expect(all.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
    expect(served(bench)).toEqual([INSTALLED, '9.8.7']);
    const other = new Installation(bench, '9.9.0');
    const another = new Installation(bench, '9.9.1');
    const both = await Promise.all([other.upgrade(), another.upgrade()]);
    expect(both.map(({ report }) => report[0]?.result)).toEqual(['upgraded', 'upgraded']);
    expect(['9.9.0', '9.9.1']).toContain(served(bench).at(-1));
    expect(await bench.ok('exec', 'c1', '--', 'echo', 'still')).toBe('still');
  });

  it('to a version that reads an older schema alone is refused, and so is what no keeper could run', async () => {
    const bench = new Workbench();
    await bench.ok('run', '-d', '-b', bench.script('b', 'sleep 1000'), 'c1');
    const socketPath = new StateLayout(bench.root).apiSocket('default');
    const client = new HttpShimClient({ group: 'default', socketPath, ensure: () => Promise.resolve() });
    const request = {
      requestId: 'r1',
      version: '0.0.9',
      stateSchema: 0,
      program: '/bin/false',
      args: [],
      force: false,
    };
    const environment = { PATH: '/bin' };
    await expect(client.upgrade({ ...request, environment })).rejects.toMatchObject({
      code: 'SHIM_STATE_NEWER',
      message: expect.stringMatching(/writes state of schema 1, and 0\.0\.9 reads up to 0/) as string,
    });
    const wrong = [
      { program: 'node' },
      { program: '/a\0b' },
      { args: ['x'.repeat(5000)] },
      { environment: { 'A=B': 'x' } },
    ];
    for (const change of wrong) {
      await expect(client.upgrade({ ...request, environment, ...change })).rejects.toMatchObject({
        code: 'SHIM_INVALID_ARGUMENT',
      });
    }
    const much = Array.from({ length: 64 }, () => 'x'.repeat(4000));
    await expect(client.upgrade({ ...request, environment, stateSchema: 1, args: much })).rejects.toMatchObject({
      code: 'SHIM_INVALID_ARGUMENT',
      message: expect.stringContaining('64 KiB') as string,
    });
    client.close();
    expect(served(bench)).toEqual([INSTALLED]);
  });
});
