import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Containerd } from '../../support/containerd/containerd.js';
import { expectNothingMore } from '../../support/containerd/census.js';
import { CtrEvents } from '../../support/containerd/ctr-events.js';
import { RUNTIMES, SKIP, WHY } from '../../support/containerd/runtimes.js';

describe.skipIf(SKIP).each(RUNTIMES)(`a task on %s${WHY}`, (runtime) => {
  it('is killed, its exit is told with the code, and attach still gives it', async () => {
    const containerd = await Containerd.start({ runtime });
    const { ctr } = containerd;
    const events = await CtrEvents.follow(ctr);
    await ctr.detached('c1', ['sleep', '1000']);
    const task = await ctr.task('c1');
    await ctr.ok('task', 'kill', '--signal', 'KILL', 'c1');
    const exit = await events.next('/tasks/exit', ({ container_id }) => container_id === 'c1');
    expect(exit).toMatchObject({ id: 'c1', pid: task?.pid, exit_status: 137 });
    expect(await ctr.task('c1')).toMatchObject({ status: 'STOPPED' });
    expect((await ctr.call(['task', 'attach', 'c1'])).code).toBe(137);
    await events.next('/tasks/delete', ({ container_id }) => container_id === 'c1');
    expect(events.topics('c1')).toEqual(['/tasks/create', '/tasks/start', '/tasks/exit', '/tasks/delete']);
    await ctr.ok('containers', 'rm', 'c1');
    await expectNothingMore(containerd);
  });

  it('stands still while it is paused', async () => {
    const { ctr } = await Containerd.start({ runtime });
    const events = await CtrEvents.follow(ctr);
    await ctr.detached('c1', ['sleep', '1000']);
    await ctr.ok('task', 'pause', 'c1');
    expect(await ctr.task('c1')).toMatchObject({ status: 'PAUSED' });
    await ctr.ok('task', 'resume', 'c1');
    expect(await ctr.task('c1')).toMatchObject({ status: 'RUNNING' });
    await events.next('/tasks/resumed', () => true);
    expect(events.topics('c1')).toEqual(['/tasks/create', '/tasks/start', '/tasks/paused', '/tasks/resumed']);
  });

  it('lists its processes', async () => {
    const { ctr } = await Containerd.start({ runtime });
    const client = ctr.spawn(ctr.runArgs('c1', ['sh', '-c', 'sleep 1000 & echo ready; wait']), { stdin: 'ignore' });
    for await (const chunk of client.stdout) if (String(chunk).includes('ready')) break;
    const task = await ctr.task('c1');
    const lines = (await ctr.ok('task', 'ps', 'c1')).split('\n').slice(1);
    expect(lines).toHaveLength(2);
    expect(lines.map((line) => Number(line.split(/\s+/)[0]))).toContain(task?.pid);
  });

  it('has metrics', async () => {
    const { ctr } = await Containerd.start({ runtime });
    await ctr.detached('c1', ['sleep', '1000'], ['--memory-limit', String(64 << 20)]);
    const metrics = JSON.parse(await ctr.ok('task', 'metrics', '--format', 'json', 'c1')) as Metrics;
    const { memory, pids, cpu } = metrics;
    expect(pids.current).toBe(1);
    expect(memory.usage.limit ?? memory.usage_limit).toBe(64 << 20);
    expect(cpu.usage?.total ?? cpu.usage_usec).toBeGreaterThan(0);
  });

  it('is removed by force while it runs', async () => {
    const containerd = await Containerd.start({ runtime });
    const { ctr } = containerd;
    await ctr.detached('c1', ['sh', '-c', 'trap "" TERM; while :; do sleep 0.1; done']);
    await ctr.call(['task', 'rm', '--force', 'c1']);
    await ctr.ok('containers', 'rm', 'c1');
    await expectNothingMore(containerd);
  });

  it('with an id that is in use is refused, and the first one stays', async () => {
    const { ctr } = await Containerd.start({ runtime });
    await ctr.detached('c1', ['sleep', '1000']);
    const { code, stderr } = await ctr.run('c1', ['true']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/already exists/);
    expect(await ctr.task('c1')).toMatchObject({ status: 'RUNNING' });
  });

  it('has a namesake in another namespace', async () => {
    const containerd = await Containerd.start({ runtime });
    const { ctr } = containerd;
    const other = ctr.in(`${ctr.namespace}-other`);
    await containerd.import(other.namespace);
    await ctr.detached('same', ['sleep', '1000']);
    await other.detached('same', ['sleep', '2000']);
    await ctr.call(['task', 'rm', '--force', 'same']);
    expect(await ctr.tasks()).toEqual([]);
    expect(await other.task('same')).toMatchObject({ status: 'RUNNING' });
    expect((await other.exec('same', ['cat', '/proc/1/cmdline'])).stdout).toBe('sleep\x002000\0');
  });

  it('writes to a file when that is its log', async () => {
    const { ctr, directory } = await Containerd.start({ runtime });
    const events = await CtrEvents.follow(ctr);
    const file = `${directory}/logs/c1.log`;
    await ctr.detached('c1', ['sh', '-c', 'echo out; echo err >&2'], ['--log-uri', `file://${file}`]);
    await events.next('/tasks/exit', () => true);
    await ctr.ok('task', 'rm', 'c1');
    expect(readFileSync(file, 'utf8').split('\n').sort()).toEqual(['', 'err', 'out']);
  });
});

/** Of cgroup v1, or v2. */
interface Metrics {
  readonly pids: { readonly current: number };
  readonly memory: { readonly usage: { readonly limit?: number }; readonly usage_limit?: number };
  readonly cpu: { readonly usage?: { readonly total: number }; readonly usage_usec?: number };
}
