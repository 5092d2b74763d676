import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { expectNothingMore } from '../../support/containerd/census.js';
import { Containerd } from '../../support/containerd/containerd.js';
import { CtrEvents } from '../../support/containerd/ctr-events.js';
import { isAlive } from '../../support/containerd/processes.js';
import { HANDLERS, HOLDFAST, SKIP, WHY } from '../../support/containerd/runtimes.js';
import { keepersByGroup } from '../../support/containerd/shim.js';
import { Cri } from '../../support/cri/cri.js';
import { childrenOf, stateOf } from '../../support/shim-processes.js';
import { until } from '../../support/until.js';
import { SHIMCTL } from '../../support/workbench.js';

type ShimPer = 'node' | 'namespace' | 'pod';

function start(shimPer: ShimPer): Promise<Containerd> {
  return Containerd.start({ runtime: HOLDFAST, holdfast: { containerd: { shimPer } } });
}

function groupsOf(containerd: Containerd): string[] {
  return [...keepersByGroup(containerd).keys()].sort();
}

const inPod = (pod: string): string[] => ['--annotation', `io.kubernetes.cri.sandbox-id=${pod}`];

/** By the names of their groups below the namespace. */
function pods(containerd: Containerd): string[] {
  return groupsOf(containerd).map((group) => group.split('+').slice(1).join('+'));
}

function shimdOfKeeper(keeper: number): number | undefined {
  return childrenOf(keeper).find((pid) => stateOf(pid) !== 'Z' && commandLine(pid).includes('/shimd.cjs\0'));
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

async function shimctl({ daemon }: Containerd, ...args: string[]): Promise<unknown> {
  const env = { HOLDFAST_CONFIG: join(daemon.directory, 'holdfast.json') };
  return JSON.parse((await execa(SHIMCTL, ['--json', ...args], { env })).stdout) as unknown;
}

describe.skipIf(SKIP)(`a shim for each pod${WHY}`, () => {
  it(
    'serves the tasks of one pod, and one alone that names none; it ends with its last',
    { timeout: 60_000 },
    async () => {
      const containerd = await start('pod');
      const { ctr } = containerd;
      await ctr.detached('a1', ['sleep', '1000'], inPod('pod-a'));
      await ctr.detached('a2', ['sleep', '1000'], inPod('pod-a'));
      await ctr.detached('b1', ['sleep', '1000'], ['--annotation', 'io.containerd.runc.v2.group=p/b']);
      await ctr.detached('c1', ['sleep', '1000']);
      expect(pods(containerd)).toEqual(['', expect.stringMatching(/^\+[0-9a-f]{16}$/) as string, 'c1', 'pod-a'].sort());
      expect((await ctr.exec('a2', ['sh', '-c', 'echo out; exit 3'])).code).toBe(3);

      const listed = (await shimctl(containerd, 'list', '--all-namespaces')) as { id: string }[];
      expect(listed.map(({ id }) => id)).toEqual(['a1', 'a2', 'b1', 'c1']);
      expect(await shimctl(containerd, 'recover')).toMatchObject({ leftovers: [] });
      const findings = (await shimctl(containerd, 'doctor')) as { name: string; verdict: string }[];
      const ofShims = findings.filter(({ name }) => /^(containers|shim)/.test(name));
      expect(ofShims.map(({ verdict }) => verdict)).toEqual(Array(5).fill('ok'));

      for (const id of ['a1', 'b1', 'c1']) await ctr.call(['task', 'rm', '--force', id]);
      await until('two shims have ended', () => pods(containerd).join() === ',pod-a');
      expect((await ctr.exec('a2', ['true'])).code).toBe(0);
      await ctr.call(['task', 'rm', '--force', 'a2']);
      await ctr.ok('containers', 'rm', 'a1', 'a2', 'b1', 'c1');
      await expectNothingMore(containerd, [], 10_000);
      expect(readdirSync(join(containerd.root, 'groups'))).toEqual(['containerd']);
    },
  );

  it('may be killed: neither containerd nor the other pods notice', { timeout: 60_000 }, async () => {
    const containerd = await start('pod');
    const { ctr } = containerd;
    const events = await CtrEvents.follow(ctr);
    for (const id of ['a', 'b']) await ctr.detached(id, ['sleep', '1000']);
    const before = await ctr.tasks();
    const keepers = keepersByGroup(containerd);
    expect(keepers.size).toBe(3);
    for (const keeper of keepers.values()) {
      const shimd = await until('its shimd runs', () => shimdOfKeeper(keeper));
      process.kill(shimd, 'SIGKILL');
    }
    expect(await ctr.tasks()).toEqual(before);
    expect((await ctr.exec('a', ['sh', '-c', 'exit 7'])).code).toBe(7);
    expect(keepersByGroup(containerd)).toEqual(keepers);
    await ctr.detached('c', ['sleep', '1000']);
    await ctr.ok('task', 'kill', '--signal', 'SIGKILL', 'b');
    expect(await events.next('/tasks/exit', ({ id }) => id === 'b')).toMatchObject({ exit_status: 137 });
    for (const id of ['a', 'b', 'c']) await ctr.call(['task', 'rm', '--force', id]);
    await ctr.ok('containers', 'rm', 'a', 'b', 'c');
    await expectNothingMore(containerd, [], 10_000);
  });

  it('takes its own tasks along when its keeper is killed, and no others', { timeout: 60_000 }, async () => {
    const containerd = await start('pod');
    const { ctr } = containerd;
    const events = await CtrEvents.follow(ctr);
    for (const id of ['a', 'b']) await ctr.detached(id, ['sleep', '1000']);
    const pid = (await ctr.task('a'))?.pid ?? 0;
    const [keeper = 0] = [...keepersByGroup(containerd)].flatMap(([group, one]) => (group.endsWith('+a') ? one : []));
    process.kill(keeper, 'SIGKILL');
    await events.next('/tasks/delete', ({ container_id }) => container_id === 'a');
    expect(isAlive(pid)).toBe(false);
    expect((await ctr.tasks()).map(({ id }) => id)).toEqual(['b']);
    expect((await ctr.exec('b', ['true'])).code).toBe(0);
    await ctr.ok('containers', 'rm', 'a');
    // Its name is free, and it has a shim of its own again.
    await ctr.detached('a', ['sleep', '1000']);
    await ctr.ok('task', 'kill', '--signal', 'SIGKILL', 'a');
    await until('its end is told', () => events.topics('a').at(-1) === '/tasks/exit');
    const begun = ['/tasks/create', '/tasks/start'];
    expect(events.topics('a')).toEqual([...begun, '/tasks/exit', '/tasks/delete', ...begun, '/tasks/exit']);
    for (const id of ['a', 'b']) await ctr.call(['task', 'rm', '--force', id]);
    await ctr.ok('containers', 'rm', 'a', 'b');
    await expectNothingMore(containerd, [], 20_000);
  });

  it('leaves nothing if it ends while the shim of the node is away', { timeout: 60_000 }, async () => {
    const holdfast = { containerd: { shimPer: 'pod' }, shim: { idleTimeout: '2s' } };
    const containerd = await Containerd.start({ runtime: HOLDFAST, holdfast });
    const { ctr } = containerd;
    await ctr.detached('a', ['sleep', '1000']);
    await ctr.call(['task', 'rm', '--force', 'a']);
    process.kill(keepersByGroup(containerd).get('containerd') as number, 'SIGKILL');
    await until('the shim of the pod has ended', () => groupsOf(containerd).length === 0, 20_000);
    expect(await ctr.run('b', ['true'], { flags: ['--rm'] })).toMatchObject({ code: 0 });
    const left = (): string => readdirSync(join(containerd.root, 'groups')).join();
    await until('what was left is cleared away', () => left() === 'containerd', 20_000);
    await ctr.ok('containers', 'rm', 'a');
    await expectNothingMore(containerd, [], 20_000);
  });

  it('is a pod of Kubernetes', { timeout: 60_000 }, async () => {
    const holdfast = { containerd: { shimPer: 'pod' } };
    const containerd = await Containerd.start({ runtime: HOLDFAST, holdfast, handlers: HANDLERS });
    const cri = await Cri.of(containerd);
    const pod = await cri.run({ handler: 'holdfast' });
    const containerId = await pod.start('main', ['sleep', '1000']);
    expect(pods(containerd)).toEqual(['', pod.id]);
    expect((await pod.exec(containerId, ['echo', 'here'])).stdout).toBe('here\n');
    await pod.remove();
    await expectNothingMore(containerd, [], 10_000);
  });

  it('begins while the node has one, when the config says so', { timeout: 60_000 }, async () => {
    const containerd = await start('node');
    const { ctr, directory } = containerd;
    await ctr.detached('old', ['sleep', '1000']);
    expect(groupsOf(containerd)).toEqual(['containerd']);
    const file = join(directory, 'holdfast.json');
    const config = JSON.parse(readFileSync(file, 'utf8')) as object;
    writeFileSync(file, JSON.stringify({ ...config, containerd: { shimPer: 'pod' } }));
    await ctr.detached('new', ['sleep', '1000']);
    expect(pods(containerd)).toEqual(['', 'new']);
    await containerd.restart('SIGKILL');
    for (const id of ['old', 'new']) expect((await ctr.exec(id, ['true'])).code).toBe(0);
    for (const id of ['old', 'new']) await ctr.call(['task', 'rm', '--force', id]);
    await ctr.ok('containers', 'rm', 'old', 'new');
    await expectNothingMore(containerd, [], 10_000);
  });
});

describe.skipIf(SKIP)(`a shim for each namespace${WHY}`, () => {
  it('serves its tasks and no others', { timeout: 60_000 }, async () => {
    const containerd = await start('namespace');
    const { ctr } = containerd;
    await containerd.import('other');
    await ctr.detached('c1', ['sleep', '1000']);
    await ctr.detached('c2', ['sleep', '1000'], inPod('pod-a'));
    expect(await ctr.in('other').run('c1', ['echo', 'hello'], { flags: ['--rm'] })).toMatchObject({
      stdout: 'hello\n',
    });
    await ctr.in('other').detached('c1', ['sleep', '1000']);
    const groups = groupsOf(containerd);
    expect(groups).toHaveLength(3);
    expect(groups.some((group) => group.startsWith(`containerd-${ctr.namespace}`))).toBe(true);
    expect(groups.some((group) => group.startsWith('containerd-other'))).toBe(true);
    for (const id of ['c1', 'c2']) await ctr.call(['task', 'rm', '--force', id]);
    await until('its shim has ended', () => groupsOf(containerd).length === 2);
    expect((await ctr.in('other').exec('c1', ['true'])).code).toBe(0);
  });
});
