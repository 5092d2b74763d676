import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { Containerd } from '../../support/containerd/containerd.js';
import { expectNothingMore } from '../../support/containerd/census.js';
import { CtrEvents } from '../../support/containerd/ctr-events.js';
import { RUNTIMES, SKIP, WHY } from '../../support/containerd/runtimes.js';
import { isAlive } from '../../support/containerd/processes.js';
import { until } from '../../support/until.js';
import { SHIMCTL } from '../../support/workbench.js';

const SIGNALS = ['SIGTERM', 'SIGKILL'] as const;
const CASES = RUNTIMES.flatMap((runtime) => SIGNALS.map((signal) => ({ runtime, signal })));

describe.skipIf(SKIP).each(CASES)(`tasks on $runtime, when containerd gets $signal${WHY}`, ({ runtime, signal }) => {
  it('are there after its next start: exec works, and a kill is told', async () => {
    const containerd = await Containerd.start({ runtime });
    const { ctr } = containerd;
    for (const id of ['c1', 'c2']) await ctr.detached(id, ['sleep', '1000']);
    const before = await ctr.tasks();
    await containerd.restart(signal);
    expect(await ctr.tasks()).toEqual(before);
    expect(await ctr.exec('c1', ['sh', '-c', 'echo here; exit 3'])).toMatchObject({ code: 3, stdout: 'here\n' });
    const events = await CtrEvents.follow(ctr);
    await ctr.ok('task', 'kill', '--signal', 'KILL', 'c1');
    expect(await events.next('/tasks/exit', ({ id }) => id === 'c1')).toMatchObject({ exit_status: 137 });
    expect(await ctr.task('c2')).toEqual(before.find(({ id }) => id === 'c2'));
    for (const id of ['c1', 'c2']) await ctr.call(['task', 'rm', '--force', id]);
    await ctr.ok('containers', 'rm', 'c1', 'c2');
    await expectNothingMore(containerd);
  });

  it('that end meanwhile have their exit code afterwards', async () => {
    const containerd = await Containerd.start({ runtime });
    const { ctr } = containerd;
    await ctr.detached('c1', ['sh', '-c', 'trap "exit 9" TERM; touch /tmp/trapped; while :; do sleep 0.1; done']);
    await ctr.detached('c2', ['sleep', '1000']);
    await until('the trap is set', async () => (await ctr.exec('c1', ['test', '-e', '/tmp/trapped'])).code === 0);
    const pid = (await ctr.task('c1'))?.pid as number;
    await (signal === 'SIGTERM' ? containerd.daemon.stop() : containerd.daemon.kill());
    process.kill(pid, 'SIGTERM');
    await until('the task has ended', () => !isAlive(pid));
    await containerd.daemon.start();
    const task = await until('the exit is known', async () => {
      const found = await ctr.task('c1');
      return found?.status === 'STOPPED' ? found : undefined;
    });
    expect(task.pid).toBe(pid);
    expect((await ctr.call(['task', 'attach', 'c1'])).code).toBe(9);
    expect(await ctr.task('c2')).toMatchObject({ status: 'RUNNING' });
  });

  it('that were deleted before it could remove their bundles do not keep their ids', async () => {
    const containerd = await Containerd.start({ runtime });
    const { ctr, daemon } = containerd;
    for (const id of ['c1', 'c2']) await ctr.detached(id, ['sleep', '1000']);
    await (signal === 'SIGTERM' ? daemon.stop() : daemon.kill());
    const env = { HOLDFAST_CONFIG: join(daemon.directory, 'holdfast.json') };
    const { stdout } = await execa(SHIMCTL, ['--json', 'list', '--all-namespaces'], { env });
    const [{ namespace }] = JSON.parse(stdout) as [{ namespace: string }];
    await execa(SHIMCTL, ['--namespace', namespace, 'delete', '--force', 'c1'], { env });
    await daemon.start();
    await ctr.ok('containers', 'rm', 'c1');
    expect(await ctr.run('c1', ['echo', 'again'], { flags: ['--rm'] })).toMatchObject({ code: 0, stdout: 'again\n' });
    expect((await ctr.exec('c2', ['true'])).code).toBe(0);
    await ctr.call(['task', 'rm', '--force', 'c2']);
    await ctr.ok('containers', 'rm', 'c2');
    await expectNothingMore(containerd);
  });
});
