import { describe, expect, it } from 'vitest';
import { Containerd } from '../../support/containerd/containerd.js';
import { censusOf, expectNothingMore } from '../../support/containerd/census.js';
import { RUNTIMES, SKIP, WHY } from '../../support/containerd/runtimes.js';
import { until } from '../../support/until.js';

describe.skipIf(SKIP).each(RUNTIMES)(`what fails on %s${WHY}`, (runtime) => {
  it('is a program that is not there: told by name, and nothing is left', async () => {
    const containerd = await Containerd.start({ runtime });
    const { ctr } = containerd;
    const { code, stderr } = await ctr.run('c1', ['no-such-program'], { flags: ['--rm'] });
    expect(code).toBe(1);
    expect(stderr).toMatch(/no-such-program.*executable file not found in \$PATH/);
    expect(await ctr.tasks()).toEqual([]);
    await expectNothingMore(containerd);
  });

  it('is an exec as a user that is not there, and the container runs on', async () => {
    const { ctr } = await Containerd.start({ runtime });
    await ctr.detached('c1', ['sleep', '1000']);
    const { code, stderr } = await ctr.exec('c1', ['true'], { flags: ['--user', 'nobody-here'] });
    expect(code).toBe(1);
    expect(stderr).toMatch(/no users found/);
    expect(await ctr.task('c1')).toMatchObject({ status: 'RUNNING' });
  });

  it('is an exec of a program that is not there, and the container runs on', async () => {
    const containerd = await Containerd.start({ runtime });
    const { ctr } = containerd;
    await ctr.detached('c1', ['sleep', '1000']);
    const before = censusOf(containerd);
    const { code, stderr } = await ctr.exec('c1', ['no-such-program']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/no-such-program.*executable file not found in \$PATH/);
    expect((await ctr.exec('c1', ['true'])).code).toBe(0);
    await expectNothingMore(containerd, before);
  });

  it('is an exec in a container that has ended', async () => {
    const { ctr } = await Containerd.start({ runtime });
    await ctr.detached('c1', ['true']);
    const { code, stderr } = await ctr.exec('c1', ['true']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/cannot exec in a stopped|not running|not found/);
  });

  it('is a kill of a task that has ended: not found', async () => {
    const { ctr } = await Containerd.start({ runtime });
    const { code } = await ctr.run('c1', ['true']);
    expect(code).toBe(0);
    await ctr.detached('c2', ['sleep', '1000']);
    await ctr.ok('task', 'kill', '--signal', 'KILL', 'c2');
    const killed = async () => (await ctr.task('c2'))?.status === 'STOPPED';
    await until('the task has ended', killed);
    const { stderr } = await ctr.call(['task', 'kill', 'c2']);
    expect(stderr).toMatch(/process already finished: not found/);
  });

  it('is a mount of a directory that is not there: told by name, and nothing is left', async () => {
    const containerd = await Containerd.start({ runtime });
    const flags = ['--rm', '--mount', 'type=bind,src=/no/such/directory,dst=/mnt,options=rbind'];
    const { code, stderr } = await containerd.ctr.run('c1', ['true'], { flags });
    expect(code).toBe(1);
    expect(stderr).toMatch(/\/no\/such\/directory/);
    await expectNothingMore(containerd);
  });
});
