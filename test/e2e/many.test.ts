import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { HttpShimClient, StateLayout, type ContainerConfig } from '@holdfast/core/client';
import { expect, it } from 'vitest';
import { censusOf } from '../support/containerd/census.js';
import { amountOf, endure } from '../support/endurance.js';
import { Workbench } from '../support/workbench.js';

const fresh = (): { requestId: string } => ({ requestId: randomUUID() });
const execOf = (args: readonly string[]) => ({
  ...fresh(),
  process: { args, cwd: '/', env: ['PATH=/bin'], user: { uid: 0, gid: 0 } },
  ...{ stdin: false, detached: false },
});

it('containers and execs, one after another, leave memory, descriptors and all else as they were', async () => {
  const amount = amountOf(process);
  const bench = new Workbench(amount);
  await bench.ok('run', '-d', '-b', bench.bundle('stays', ['sleep', '100000']), 'stays');
  const layout = new StateLayout(bench.root);
  const stays = { namespace: 'default', id: 'stays' };
  const config = configOf(join(layout.container(stays), 'request.json'));
  const socketPath = layout.apiSocket('default');
  const client = new HttpShimClient({ group: 'default', socketPath, ensure: () => Promise.resolve() });
  const bundle = bench.script('b', 'echo out; exit 7');
  const task = async (n: number): Promise<void> => {
    const ref = { namespace: 'default', id: `c${n}` };
    const logDirectory = join(dirname(config.logDirectory), ref.id);
    const request = { ...ref, ...fresh(), bundle, config: { ...config, logDirectory } };
    await client.create({ ...request, stdin: false, terminal: false, autoRemove: false });
    await client.start(ref, fresh());
    expect(await client.wait(ref, 'drained')).toMatchObject({ exitCode: 7 });
    await client.delete(ref, { ...fresh(), force: false });
  };
  const exec = async (n: number): Promise<void> => {
    const ref = { ...stays, execId: `e${n}` };
    await client.createExec(stays, { ...execOf(['sh', '-c', `exit ${n % 200}`]), execId: ref.execId });
    await client.startExec(ref, fresh());
    expect(await client.waitExec(ref)).toMatchObject({ exitCode: n % 200 });
    await client.deleteExec(ref);
  };
  const pids = async (): Promise<{ keeper: number; shimd: number }> => {
    const { shim } = await bench.inspect('stays');
    return { keeper: shim.keeperPid, shimd: shim.pid };
  };
  const { directory, root } = bench;
  const census = () => censusOf({ directory, root, namespace: basename(directory), daemon: { pid: undefined } });
  try {
    await endure({ pids, task, exec, census }, amount);
  } finally {
    client.close();
  }
});

function configOf(file: string): ContainerConfig {
  return (JSON.parse(readFileSync(file, 'utf8')) as { config: ContainerConfig }).config;
}
