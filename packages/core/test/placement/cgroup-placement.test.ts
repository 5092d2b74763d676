import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makePlacement, ownHierarchies, placedGroups, removePlacement } from '../../src/placement/cgroup-placement.js';
import { rootTag } from '../../src/placement/placement-name.js';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'holdfast-placement-'));
});

afterEach(() => {
  for (const group of placedGroups(directory)) removePlacement({ root: directory, group });
  expect(placedGroups(directory)).toEqual([]);
  rmSync(directory, { recursive: true });
});

test('every hierarchy of this machine gets a cgroup that a process can join, apart from our own', async () => {
  const { procsFiles, failures } = makePlacement({ root: directory, group: 'g1' });
  expect(failures).toEqual([]);
  expect(procsFiles).toHaveLength(ownHierarchies().length);
  expect(procsFiles.length).toBeGreaterThan(0);
  const joinAll = 'for file; do echo 0 > "$file" || exit 1; done; cat /proc/self/cgroup; exec sleep 60';
  const child = spawn('sh', ['-c', joinAll, 'sh', ...procsFiles], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [output] = (await once(child.stdout, 'data')) as [Buffer];
  for (const line of output.toString().trim().split('\n')) {
    expect(line).toMatch(new RegExp(`:/holdfast\\.keepers/g1@${rootTag(directory)}$`));
  }
  removePlacement({ root: directory, group: 'g1' });
  expect(placedGroups(directory)).toEqual(['g1']);
  child.kill('SIGKILL');
  await once(child, 'exit');
});

test('a placement that is there already is used again', () => {
  const first = makePlacement({ root: directory, group: 'g1' });
  expect(makePlacement({ root: directory, group: 'g1' })).toEqual(first);
});

test('a group may be called like an interface file, and roots do not share their groups', () => {
  const { failures } = makePlacement({ root: directory, group: 'cgroup.procs' });
  expect(failures).toEqual([]);
  const other = join(directory, 'other');
  makePlacement({ root: other, group: 'g2' });
  expect(placedGroups(directory)).toEqual(['cgroup.procs']);
  removePlacement({ root: directory, group: 'g2' });
  expect(placedGroups(other)).toEqual(['g2']);
  removePlacement({ root: other, group: 'g2' });
  expect(placedGroups(other)).toEqual([]);
});

test('a cpuset (v1) has the CPUs and memory nodes of its parent', ({ skip }) => {
  const cpuset = ownHierarchies().find(({ version, controllers }) => version === 1 && controllers.includes('cpuset'));
  if (cpuset === undefined) return skip('cpuset is no v1 hierarchy here');
  const file = makePlacement({ root: directory, group: 'g1' }, [cpuset]).procsFiles[0] as string;
  const top = dirname(dirname(dirname(file)));
  for (const name of ['cpuset.cpus', 'cpuset.mems']) {
    expect(readFileSync(join(dirname(file), name), 'utf8')).toBe(readFileSync(join(top, name), 'utf8'));
  }
});

test('what is no cgroup, or is not mounted, is a reason and leaves nothing behind', () => {
  const hidden = join(directory, 'hidden');
  mkdirSync(hidden);
  const none = { version: 1, controllers: [] } as const;
  const placement = makePlacement({ root: directory, group: 'g1' }, [
    { ...none, name: 'pids', mountPoints: [hidden] },
    { ...none, name: 'cpu', mountPoints: [] },
    { ...none, name: 'memory', mountPoints: [join(directory, 'missing')] },
  ]);
  expect(placement.procsFiles).toEqual([]);
  expect(placement.failures).toEqual([
    { hierarchy: 'pids', reason: expect.stringContaining('another mount hides') as string },
    { hierarchy: 'cpu', reason: 'it is not mounted' },
    { hierarchy: 'memory', reason: expect.stringContaining('ENOENT') as string },
  ]);
  expect(existsSync(join(hidden, 'holdfast.keepers'))).toBe(false);
});

test('a mount that another one hides is passed over for the next', () => {
  const [real] = ownHierarchies();
  if (real === undefined) throw new Error('no hierarchy');
  const placement = makePlacement({ root: directory, group: 'g1' }, [
    { ...real, mountPoints: [directory, ...real.mountPoints] },
  ]);
  expect(placement.failures).toEqual([]);
  expect(placement.procsFiles).toEqual([expect.stringMatching(/^\/sys\/fs\/cgroup\//)]);
});
