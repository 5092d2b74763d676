import { describe, expect, it } from 'vitest';
import { expectNothingMore } from '../../support/containerd/census.js';
import { Containerd } from '../../support/containerd/containerd.js';
import { CtrEvents } from '../../support/containerd/ctr-events.js';
import { HOLDFAST, SKIP, WHY } from '../../support/containerd/runtimes.js';
import { keeperOfTasks, killShimdOfTasks } from '../../support/containerd/shim.js';

describe.skipIf(SKIP)(`two containerds with one root of holdfast${WHY}`, () => {
  it('share a shim, and nothing else: neither sees, or is told of, what the other has', async () => {
    const one = await Containerd.start({ runtime: HOLDFAST });
    const other = await Containerd.start({ runtime: HOLDFAST, env: { HOLDFAST_ROOT: one.root } });
    const events = await CtrEvents.follow(other.ctr);
    await one.ctr.detached('c1', ['sleep', '1000']);
    const keeper = await keeperOfTasks(one);
    await other.ctr.detached('c1', ['sleep', '1000']);
    expect(await keeperOfTasks(one)).toBe(keeper);
    const [mine, others] = [await one.ctr.task('c1'), await other.ctr.task('c1')];
    expect(others?.pid).not.toBe(mine?.pid);
    await one.daemon.kill();
    await killShimdOfTasks(one);
    expect((await other.ctr.exec('c1', ['sh', '-c', 'exit 3'])).code).toBe(3);
    await other.ctr.ok('task', 'kill', '--signal', 'KILL', 'c1');
    expect(await events.next('/tasks/exit', ({ id }) => id === 'c1')).toMatchObject({ pid: others?.pid });
    await other.ctr.call(['task', 'rm', 'c1']);
    await other.ctr.ok('containers', 'rm', 'c1');
    await one.daemon.start();
    expect(await one.ctr.tasks()).toEqual([mine]);
    expect(events.tasks.map(({ event }) => event['pid']).filter((pid) => pid === mine?.pid)).toEqual([]);
    await expectNothingMore(other);
  });
});
