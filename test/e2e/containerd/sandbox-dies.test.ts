import { describe, expect, it } from 'vitest';
import { Containerd } from '../../support/containerd/containerd.js';
import { expectNothingMore } from '../../support/containerd/census.js';
import { HANDLERS, HOLDFAST, SKIP, WHY } from '../../support/containerd/runtimes.js';
import { keepersByGroup } from '../../support/containerd/shim.js';
import { Cri } from '../../support/cri/cri.js';
import { RUNNING } from '../../support/cri/messages.js';
import { killShimd } from '../../support/shim-processes.js';
import { until } from '../../support/until.js';

const STUBBORN = ['sh', '-c', 'trap "exit 3" TERM; while :; do sleep 0.1; done'];
const NUMBERS = Array.from({ length: 20 }, (_, index) => index);

async function killEveryShimd(containerd: Containerd): Promise<void> {
  for (const keeper of keepersByGroup(containerd).values()) await killShimd(keeper);
}

describe.skipIf(SKIP).each(['node', 'pod'])(`a pod whose sandbox dies first, with a shim per %s${WHY}`, (shimPer) => {
  it('has its containers, over deaths of shimd and containerd, to the end', { timeout: 120_000 }, async () => {
    const env = { HOLDFAST_TEST_RESTART_DELAY: '100' };
    const holdfast = { containerd: { shimPer } };
    const containerd = await Containerd.start({ runtime: HOLDFAST, handlers: HANDLERS, holdfast, env });
    const cri = await Cri.of(containerd);
    const pod = await cri.run({ handler: 'holdfast' });
    const ids = [await pod.start('a', ['sleep', '1000']), await pod.start('b', STUBBORN)] as const;
    const tasks = containerd.ctr.in('k8s.io');
    process.kill((await tasks.task(pod.id))?.pid as number, 'SIGKILL');
    await until('the sandbox has ended', async () => (await tasks.task(pod.id))?.status !== 'RUNNING');
    const execs = NUMBERS.map((n) => pod.exec(ids[n % 2 === 0 ? 0 : 1], ['sh', '-c', `echo ${n}; exit ${n}`]));
    await killEveryShimd(containerd);
    const expected = NUMBERS.map((n) => ({ code: n, stdout: `${n}\n`, stderr: '' }));
    expect(await Promise.all(execs)).toEqual(expected);
    await containerd.restart('SIGKILL');
    await cri.reconnect();
    await until('CRI serves', () => cri.call('ListContainers', {}).catch(() => undefined), 20_000);
    for (const id of ids) expect(await cri.status(id)).toMatchObject({ state: RUNNING });
    const stopping = cri.call('StopContainer', { containerId: ids[1], timeout: 30 });
    await killEveryShimd(containerd);
    await stopping;
    expect(await cri.ended(ids[1])).toMatchObject({ exitCode: 3 });
    expect(await pod.exec(ids[0], ['echo', 'hi'])).toMatchObject({ code: 0, stdout: 'hi\n' });
    await pod.remove();
    await expectNothingMore(containerd, [], 20_000);
  });
});
