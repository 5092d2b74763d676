import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Containerd } from '../../support/containerd/containerd.js';
import { CtrEvents } from '../../support/containerd/ctr-events.js';
import { HOLDFAST, SKIP, WHY } from '../../support/containerd/runtimes.js';
import { killShimdOfTasks } from '../../support/containerd/shim.js';
import { until } from '../../support/until.js';

const RUNTIME = { runtime: HOLDFAST };

/** Numbered lines, so that one that is lost or doubled is seen. */
const LINES = 200_000;
const COUNTING = `seq 1 ${LINES}`;

function sha256(bytes: string | Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

describe.skipIf(SKIP)(`shimd killed by SIGKILL under containerd${WHY}`, () => {
  it('is not noticed: a call that waits is answered, tasks run on, new ones begin', async () => {
    const containerd = await Containerd.start(RUNTIME);
    const { ctr } = containerd;
    const events = await CtrEvents.follow(ctr);
    await ctr.detached('c1', ['sleep', '1000']);
    const before = await ctr.task('c1');
    const running = ctr.exec('c1', [
      'sh',
      '-c',
      'touch /begun; while ! test -e /go; do sleep 0.02; done; echo out; exit 9',
    ]);
    await until('the exec runs', async () => (await ctr.exec('c1', ['test', '-e', '/begun'])).code === 0);
    await killShimdOfTasks(containerd);
    expect((await ctr.exec('c1', ['touch', '/go'])).code).toBe(0);
    expect(await running).toMatchObject({ code: 9, stdout: 'out\n' });
    expect(await ctr.task('c1')).toEqual(before);
    expect(await ctr.run('c2', ['echo', 'hello'], { flags: ['--rm'] })).toMatchObject({ code: 0, stdout: 'hello\n' });
    await killShimdOfTasks(containerd);
    await ctr.ok('task', 'kill', '--signal', 'SIGKILL', 'c1');
    const exit = await events.next('/tasks/exit', ({ container_id, id }) => container_id === 'c1' && id === 'c1');
    expect(exit).toMatchObject({ pid: before?.pid, exit_status: 137 });
    expect(containerd.daemon.complaints().join('\n')).not.toMatch(/shim disconnected.*c1/);
  });

  it('loses and doubles no byte of output, however often', async () => {
    const containerd = await Containerd.start(RUNTIME);
    const { ctr } = containerd;
    const running = ctr.run('c1', ['sh', '-c', `${COUNTING}; seq 1 1000 >&2; exit 3`], { flags: ['--rm'] });
    let over = false;
    void running.finally(() => (over = true));
    for (let kills = 0; kills < 4; kills += 1) {
      await until('it runs', async () => over || (await ctr.task('c1'))?.status === 'RUNNING');
      if (over) break;
      await killShimdOfTasks(containerd);
    }
    const { code, bytes, stderr } = await running;
    const wanted = Array.from({ length: LINES }, (_, i) => `${i + 1}\n`).join('');
    expect({ code, length: bytes.length, sum: sha256(bytes) }).toEqual({
      ...{ code: 3, length: wanted.length, sum: sha256(wanted) },
    });
    expect(stderr).toBe(Array.from({ length: 1000 }, (_, i) => `${i + 1}\n`).join(''));
  });

  it('loses and doubles no byte of input, and no end of it', async () => {
    const containerd = await Containerd.start(RUNTIME);
    const { ctr } = containerd;
    await ctr.detached('c1', ['sleep', '1000']);
    const input = Array.from({ length: LINES }, (_, i) => `${i + 1}\n`).join('');
    // Pipes and FIFO are full, and ctr holds the rest, when shimd is killed.
    const script = 'touch /begun; while ! test -e /go; do sleep 0.02; done; cat';
    const running = ctr.exec('c1', ['sh', '-c', script], { input });
    await until('it runs', async () => (await ctr.exec('c1', ['test', '-e', '/begun'])).code === 0);
    await killShimdOfTasks(containerd);
    await ctr.exec('c1', ['touch', '/go']);
    const { code, stdout } = await running;
    expect({ code, length: stdout.length, sum: sha256(stdout) }).toEqual({
      ...{ code: 0, length: input.length, sum: sha256(input) },
    });
  });

  it('leaves a terminal as it is', async () => {
    const containerd = await Containerd.start(RUNTIME);
    const { ctr } = containerd;
    const person = await ctr.terminal(ctr.runArgs('c1', ['sh', '-i'], ['--rm', '--tty', '--env', 'PS1=ready> ']));
    await person.sees('ready> ');
    person.type('echo $((6 * 7))\n');
    await person.sees('42');
    await person.sees('ready> ');
    await killShimdOfTasks(containerd);
    person.type('echo $((7 * 7))\n');
    await person.sees('49');
    await person.sees('ready> ');
    person.type('exit 5\n');
    expect(await person.ended).toBe(5);
  });
});
