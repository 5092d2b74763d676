import { describe, expect, it } from 'vitest';
import { expectNothingMore } from '../../support/containerd/census.js';
import { Containerd } from '../../support/containerd/containerd.js';
import { CtrEvents } from '../../support/containerd/ctr-events.js';
import { isAlive } from '../../support/containerd/processes.js';
import { HOLDFAST, SKIP, WHY } from '../../support/containerd/runtimes.js';
import { keeperOfTasks } from '../../support/containerd/shim.js';
import { until } from '../../support/until.js';

const IDS = ['c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7', 'c8'];

describe.skipIf(SKIP)(`the keeper killed by SIGKILL under containerd${WHY}`, () => {
  it('ends every task, as with any shim that is killed, and leaves nothing', { timeout: 60_000 }, async () => {
    const containerd = await Containerd.start({ runtime: HOLDFAST });
    const { ctr } = containerd;
    for (const id of IDS) await ctr.detached(id, ['sleep', '1000']);
    const events = await CtrEvents.follow(ctr);
    const pids = (await ctr.tasks()).map(({ pid }) => pid);
    process.kill(await keeperOfTasks(containerd), 'SIGKILL');
    await until('all have ended', () => !pids.some(isAlive), 20_000);
    await until('containerd knows', async () => (await ctr.tasks()).length === 0, 20_000);
    await ctr.ok('containers', 'rm', ...IDS);
    await expectNothingMore(containerd, [], 20_000);
    expect(await ctr.run('next', ['echo', 'hello'], { flags: ['--rm'] })).toMatchObject({ code: 0, stdout: 'hello\n' });
    await events.next('/tasks/delete', ({ container_id }) => container_id === 'next');
    // containerd tells of their ends by what `delete` prints.
    for (const id of IDS) expect(events.topics(id)).toEqual(['/tasks/exit', '/tasks/delete']);
  });
});
