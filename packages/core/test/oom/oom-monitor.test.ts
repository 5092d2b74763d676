import { readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Shim } from '../../src/lifecycle/shim.js';
import { cgroupTree } from '../support/cgroup-tree.js';
import { REF, ShimFixture } from '../support/shim-fixture.js';
import { until } from '../support/until.js';

const v2Events = (kills: number): string => `low 0\nhigh 0\nmax 9\noom ${kills}\noom_kill ${kills}\noom_group_kill 0\n`;

interface Fixture {
  readonly fixture: ShimFixture;
  readonly shim: Shim;
  /** Plays the kernel. */
  kill(kills: number): void;
}

async function running(version: 1 | 2, before = 0): Promise<Fixture> {
  const fixture = new ShimFixture();
  const name = version === 1 ? 'memory.oom_control' : 'memory.events';
  const text = (kills: number): string =>
    version === 1 ? `oom_kill_disable 0\nunder_oom 0\noom_kill ${kills}\n` : v2Events(kills);
  const directory = cgroupTree({ [name]: text(before) });
  fixture.cgroups = version === 1 ? { v1: { memory: directory }, v2: null } : { v1: {}, v2: directory };
  const { shim } = fixture.compose();
  await shim.create(fixture.request());
  await shim.start(REF, { requestId: 'start' });
  return { fixture, shim, kill: (kills) => writeFileSync(join(directory, name), text(kills)) };
}

const kills = (shim: Shim): number | undefined => shim.containers.inspect(REF).oomKills;

async function recover(fixture: ShimFixture): Promise<Shim> {
  const { shim, containers } = fixture.compose();
  await containers.recover();
  return shim;
}

test('a change of memory.events (v2) is noticed while the container runs', async () => {
  const { fixture, shim, kill } = await running(2);
  expect(await shim.inspect(REF)).toMatchObject({ oomKilled: false, oomKills: 0 });
  kill(2);
  await until(() => kills(shim) === 2);
  expect(await shim.inspect(REF)).toMatchObject({ status: 'running', oomKilled: true, oomKills: 2 });
  expect(fixture.logger.lines).toContain('warn: out of memory: the kernel killed a process of the container');
  const recorded = (): string => readFileSync(join(fixture.layout.container(REF), 'runtime.json'), 'utf8');
  await until(() => recorded().includes('"oomKills":2'));
});

describe.each([1, 2] as const)('on v%i', (version) => {
  test('what was killed last of all is known when the exit is', async () => {
    const { fixture, shim, kill } = await running(version);
    kill(1);
    await fixture.runtime.process('c1').end(9);
    await shim.wait(REF, 'exit');
    expect(await shim.inspect(REF)).toMatchObject({ exitCode: 137, oomKilled: true, oomKills: 1 });
  });

  test('an ordinary SIGKILL is none', async () => {
    const { fixture, shim } = await running(version);
    await fixture.runtime.process('c1').end(9);
    await shim.wait(REF, 'exit');
    expect(await shim.inspect(REF)).toMatchObject({ exitCode: 137, oomKilled: false, oomKills: 0 });
  });

  test('kills of others that had the cgroup before do not count', async () => {
    const { fixture, shim, kill } = await running(version, 5);
    kill(6);
    await fixture.runtime.process('c1').end(9);
    await shim.wait(REF, 'exit');
    expect(kills(shim)).toBe(1);
  });

  test('a kill while no shimd lived is noticed by the next one, which counts none twice', async () => {
    const { fixture, kill } = await running(version, 3);
    kill(5);
    const second = await recover(fixture);
    expect(kills(second)).toBe(2);
    const third = await recover(fixture);
    expect(kills(third)).toBe(2);
    kill(6);
    await fixture.runtime.process('c1').end(9);
    await third.wait(REF, 'exit');
    expect(kills(third)).toBe(3);
  });

  test('a kill, and the exit with it, while no shimd lived is noticed', async () => {
    const { fixture, kill } = await running(version);
    fixture.keeper.onExit = () => undefined;
    kill(1);
    await fixture.runtime.process('c1').end(9);
    const shim = await recover(fixture);
    await shim.wait(REF, 'exit');
    expect(await shim.inspect(REF)).toMatchObject({ exitCode: 137, oomKills: 1 });
  });
});

test('a cgroup that cannot be watched, or is not known, harms nothing', async () => {
  const fixture = new ShimFixture();
  fixture.cgroups = { v1: { memory: '/nonexistent' }, v2: null };
  const { shim } = fixture.compose();
  await shim.create(fixture.request());
  expect(fixture.logger.lines).toContain('warn: OOM kills of the container will not be noticed');
  fixture.cgroups = undefined;
  await shim.create(fixture.request({ id: 'c2' }));
  expect((await shim.list()).map(({ oomKills }) => oomKills)).toEqual([0, 0]);
});

test('a cgroup without memory controller (v2) is not watched', async () => {
  const fixture = new ShimFixture();
  fixture.cgroups = { v1: {}, v2: cgroupTree({ 'cpu.stat': 'usage_usec 1\n' }) };
  const { shim } = fixture.compose();
  expect(await shim.create(fixture.request())).toMatchObject({ oomKilled: false });
  expect(fixture.logger.lines).toEqual([]);
});

test('every descriptor is given back when the container has ended', async () => {
  const { fixture, shim, kill } = await running(2);
  const directory = fixture.cgroups?.v2 as string;
  await fixture.runtime.process('c1').end(9);
  await shim.wait(REF, 'drained');
  rmSync(directory, { recursive: true });
  expect(openFiles().filter((path) => path.startsWith(directory))).toEqual([]);
  expect(() => kill(1)).toThrow(/ENOENT/);
});

function openFiles(): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)];
    } catch {
      return [];
    }
  });
}
