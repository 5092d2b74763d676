import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { HttpShimClient } from '../../src/client/http-client.js';
import { groupEndpoint } from '../../src/client/reach.js';
import { ownHierarchies } from '../../src/placement/index.js';
import { bundle, type Bundle } from './support/bundle.js';
import { KeeperGroups, TELLING_SHIMD, type About } from './support/keeper-groups.js';

let caller: Bundle;
let groups: KeeperGroups;
/** The caller's cgroup in every hierarchy. */
let cgroups: string[];
let running: ChildProcess | undefined;

beforeAll(async () => {
  caller = await bundle(fileURLToPath(new URL('support/start-and-stay.ts', import.meta.url)));
});

afterAll(() => caller.remove());

beforeEach(() => {
  groups = new KeeperGroups();
  // cpuset (v1) takes no process without CPUs, which is for the placement's own test.
  const points = ownHierarchies().filter(({ controllers }) => !controllers.includes('cpuset'));
  cgroups = points
    .flatMap(({ mountPoints }) => mountPoints.slice(0, 1))
    .map((point) => join(point, `holdfast-caller-${process.pid}`));
  for (const path of cgroups) mkdirSync(path);
});

afterEach(async () => {
  if (running?.exitCode === null && running.signalCode === null) {
    running.kill('SIGKILL');
    await once(running, 'exit');
  }
  await groups.stop();
  for (const path of cgroups) rmdirSync(path);
});

async function startCaller(): Promise<{ child: ChildProcess; keeper: number }> {
  const enter =
    'n=$1; shift; while [ $n -gt 0 ]; do echo 0 > "$1/cgroup.procs" || exit 1; shift; n=$((n-1)); done; exec "$@"';
  const argv = [String(cgroups.length), ...cgroups, process.execPath, caller.file, groups.layout.root, TELLING_SHIMD];
  const child = spawn('sh', ['-c', enter, 'sh', ...argv], { detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  running = child;
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, keeper: groups.own(Number(line.toString())) };
}

async function ask(): Promise<About> {
  const client = new HttpShimClient(groupEndpoint(groups.options()));
  try {
    return (await client.version()) as unknown as About;
  } finally {
    client.close();
  }
}

const cgroupsOf = (pid: number): string => readFileSync(`/proc/${pid}/cgroup`, 'utf8');

test("the keeper is in none of its caller's cgroups, and lives on when they are killed", async ({ skip }) => {
  const { child, keeper } = await startCaller();
  const exited = once(child, 'exit');
  const unified = ownHierarchies().find(({ version }) => version === 2)?.mountPoints[0];
  const killFile = join(unified ?? '', `holdfast-caller-${process.pid}`, 'cgroup.kill');
  const mine = `/holdfast-caller-${process.pid}`;
  expect(cgroupsOf(child.pid as number).split(mine)).toHaveLength(cgroups.length + 1);
  for (const pid of [keeper, (await ask()).pid]) {
    expect(cgroupsOf(pid)).not.toContain(mine);
    expect(cgroupsOf(pid).trim().split('\n')).toHaveLength(cgroupsOf(pid).split('/holdfast.keepers/g1@').length - 1);
  }
  if (unified === undefined) {
    child.kill('SIGKILL');
    await exited;
    skip('no cgroup v2 here, hence no cgroup.kill');
  }
  writeFileSync(killFile, '1');
  expect(await exited).toEqual([null, 'SIGKILL']);
  expect((await ask()).keeper).toBe(keeper);
});

test('the keeper outlives the process group and the session of its caller', async () => {
  const { child, keeper } = await startCaller();
  const exited = once(child, 'exit');
  process.kill(-(child.pid as number), 'SIGKILL');
  expect(await exited).toEqual([null, 'SIGKILL']);
  expect((await ask()).keeper).toBe(keeper);
  const [, , pgrp, session, tty] = readFileSync(`/proc/${keeper}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  expect([pgrp, session, tty]).toEqual([String(keeper), String(keeper), '0']);
});
