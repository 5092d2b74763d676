import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { expectNothingMore } from '../../support/containerd/census.js';
import { Containerd } from '../../support/containerd/containerd.js';
import { CtrEvents } from '../../support/containerd/ctr-events.js';
import { isAlive } from '../../support/containerd/processes.js';
import { HOLDFAST, SKIP, WHY } from '../../support/containerd/runtimes.js';
import { keeperOfTasks } from '../../support/containerd/shim.js';
import { until } from '../../support/until.js';
import { SHIMCTL } from '../../support/workbench.js';

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

  it(
    'while containerd is away takes no task along, once somebody has the shim come back',
    { timeout: 60_000 },
    async () => {
      const containerd = await Containerd.start({ runtime: HOLDFAST });
      const { ctr, daemon } = containerd;
      for (const id of ['c1', 'c2']) await ctr.detached(id, ['sleep', '1000']);
      const before = await ctr.tasks();
      await daemon.kill();
      // A broken file of sockets costs none of them.
      const file = join(containerd.root, 'groups', 'containerd', 'containerd.json');
      writeFileSync(file, readFileSync(file, 'utf8').slice(0, 40));
      process.kill(await keeperOfTasks(containerd), 'SIGKILL');
      const env = { HOLDFAST_CONFIG: join(daemon.directory, 'holdfast.json') };
      const { stdout } = await execa(SHIMCTL, ['--json', 'list', '--all-namespaces'], { env });
      expect((JSON.parse(stdout) as { id: string }[]).map(({ id }) => id)).toEqual(['c1', 'c2']);
      await daemon.start();
      expect(await ctr.tasks()).toEqual(before);
      expect((await ctr.exec('c1', ['sh', '-c', 'exit 5'])).code).toBe(5);
      expect(await ctr.run('next', ['echo', 'hello'], { flags: ['--rm'] })).toMatchObject({
        code: 0,
        stdout: 'hello\n',
      });
      expect(readFileSync(join(containerd.root, 'groups', 'containerd', 'shimd.log'), 'utf8')).toContain(
        'file of sockets is broken',
      );
      for (const id of ['c1', 'c2']) await ctr.call(['task', 'rm', '--force', id]);
      await ctr.ok('containers', 'rm', 'c1', 'c2');
      await expectNothingMore(containerd, [], 20_000);
    },
  );
});
