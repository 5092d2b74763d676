import { describe, expect, it } from 'vitest';
import { Containerd } from '../../support/containerd/containerd.js';
import { expectNothingMore } from '../../support/containerd/census.js';
import { HANDLERS, RUNTIMES, SKIP, WHY } from '../../support/containerd/runtimes.js';
import { Cri } from '../../support/cri/cri.js';
import { writeNetwork } from '../../support/cri/cni.js';
import { EXITED, RUNNING } from '../../support/cri/messages.js';
import { until } from '../../support/until.js';

const TIME = '[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\\.[0-9]{1,9}(Z|[+-][0-9]{2}:[0-9]{2})';
const MIB = 1 << 20;

function criLine(stream: string, tag: string, text: string): RegExp {
  return new RegExp(`^${TIME} ${stream} ${tag} ${text}$`, 'm');
}

async function start(runtime: string): Promise<Cri> {
  return Cri.of(await Containerd.start({ runtime, handlers: HANDLERS }));
}

describe.skipIf(SKIP).each(RUNTIMES)(`a pod on %s${WHY}`, (runtime) => {
  const handler = Object.keys(HANDLERS).find((name) => HANDLERS[name] === runtime) as string;

  it('has a container from start to end, with a log in the format of CRI, and leaves nothing', async () => {
    const cri = await start(runtime);
    expect(await cri.call('Version', {})).toMatchObject({ runtimeName: 'containerd', runtimeApiVersion: 'v1' });
    const pod = await cri.run({ handler });
    const script = 'echo out; echo err >&2; printf "no newline"; exit 9';
    const containerId = await pod.start('main', ['sh', '-c', script]);
    expect(await cri.ended(containerId)).toMatchObject({ exitCode: 9, reason: 'Error' });
    const log = await until('the log is complete', () => /no newline$/m.test(pod.log('main')) && pod.log('main'));
    expect(log).toMatch(criLine('stdout', 'F', 'out'));
    expect(log).toMatch(criLine('stderr', 'F', 'err'));
    expect(log).toMatch(criLine('stdout', 'P', 'no newline'));
    await cri.call('RemoveContainer', { containerId });
    expect((await cri.call('ListContainers', {})).containers).toEqual([]);
    await pod.remove();
    await expectNothingMore(cri.containerd);
  });

  it('runs commands in a container, with their exit codes and streams, and ends one that takes too long', async () => {
    const cri = await start(runtime);
    const pod = await cri.run({ handler });
    const containerId = await pod.start('main', ['sleep', '1000']);
    const result = await pod.exec(containerId, ['sh', '-c', 'echo out; echo err >&2; exit 5']);
    expect(result).toEqual({ code: 5, stdout: 'out\n', stderr: 'err\n' });
    await expect(pod.exec(containerId, ['sleep', '1000'], 1)).rejects.toMatchObject({
      code: 4,
      details: expect.stringMatching(/timeout 1s exceeded/) as string,
    });
    await expect(pod.exec(containerId, ['no-such-program'])).rejects.toThrow(/executable file not found/);
    expect(await cri.status(containerId)).toMatchObject({ state: RUNNING });
  });

  it('refuses a program and a user that are not there, and the pod takes another container', async () => {
    const cri = await start(runtime);
    const pod = await cri.run({ handler });
    await expect(pod.start('absent', ['no-such-program'])).rejects.toThrow(/no-such-program.*not found in \$PATH/);
    const linux = { securityContext: { runAsUsername: 'nobody-here' } };
    await expect(pod.start('nobody', ['true'], { linux })).rejects.toThrow(/no users found/);
    const containerId = await pod.start('main', ['true']);
    expect(await cri.ended(containerId)).toMatchObject({ exitCode: 0, reason: 'Completed' });
  });

  it('has statistics, and takes new limits', async () => {
    const cri = await start(runtime);
    const pod = await cri.run({ handler });
    const containerId = await pod.start('main', ['sh', '-c', 'while :; do :; done']);
    const { stats } = await until('CPU time is counted', async () => {
      const answer = await cri.call('ContainerStats', { containerId });
      return (answer.stats?.cpu?.usageCoreNanoSeconds?.value ?? 0) > 0 ? answer : undefined;
    });
    expect(stats?.attributes?.id).toBe(containerId);
    expect(stats?.memory?.workingSetBytes?.value).toBeGreaterThan(0);
    await cri.call('UpdateContainerResources', { containerId, linux: { memoryLimitInBytes: 64 * MIB } });
    const { stdout } = await pod.exec(containerId, [
      'sh',
      '-c',
      'cd /sys/fs/cgroup; cat memory/memory.limit_in_bytes || cat memory.max',
    ]);
    expect(Number(stdout)).toBe(64 * MIB);
  });

  it('stops a container with TERM, and with KILL when that does not help', async () => {
    const cri = await start(runtime);
    const pod = await cri.run({ handler });
    const polite = await pod.start('polite', [
      'sh',
      '-c',
      'trap "exit 5" TERM; echo ready; while :; do sleep 0.1; done',
    ]);
    const deaf = await pod.start('deaf', ['sh', '-c', 'trap "" TERM; echo ready; while :; do sleep 0.1; done']);
    for (const name of ['polite', 'deaf']) await until('the trap is set', () => pod.log(name).includes('ready'));
    await cri.call('StopContainer', { containerId: polite, timeout: 30 });
    await cri.call('StopContainer', { containerId: deaf, timeout: 1 });
    expect(await cri.status(polite)).toMatchObject({ state: EXITED, exitCode: 5 });
    expect(await cri.status(deaf)).toMatchObject({ state: EXITED, exitCode: 137 });
  });

  it('writes on to a new log file after ReopenContainerLog', async () => {
    const cri = await start(runtime);
    const pod = await cri.run({ handler });
    const script = 'while :; do [ -e /tmp/say ] && cat /tmp/say && rm /tmp/say; sleep 0.05; done';
    const containerId = await pod.start('main', ['sh', '-c', script]);
    const say = (text: string) => pod.exec(containerId, ['sh', '-c', `echo ${text} > /tmp/new; mv /tmp/new /tmp/say`]);
    await say('before');
    await until('the first line', () => pod.log('main').includes('before'));
    pod.rotate('main');
    await cri.call('ReopenContainerLog', { containerId });
    await say('after');
    await until('the line after it', () => pod.log('main').includes('after'));
    expect(pod.log('main')).not.toContain('before');
  });

  it('has a network of its own from a CNI config', async () => {
    const containerd = await Containerd.start({ runtime, handlers: HANDLERS });
    const { prefix } = writeNetwork(containerd.directory, containerd.namespace);
    const cri = await Cri.of(containerd);
    await until('the network is known', async () => {
      const { status } = await cri.call('Status', {});
      return status?.conditions?.find(({ type }) => type === 'NetworkReady')?.status;
    });
    const pod = await cri.run({ handler, network: true });
    const { status } = await cri.call('PodSandboxStatus', { podSandboxId: pod.id });
    expect(status?.network?.ip).toContain(prefix);
    const containerId = await pod.start('main', ['sleep', '1000']);
    const { stdout } = await pod.exec(containerId, ['ip', '-4', 'addr', 'show', 'dev', 'eth0']);
    expect(stdout).toContain(`inet ${status?.network?.ip}/`);
    await pod.remove();
    await expectNothingMore(containerd);
  });
});
