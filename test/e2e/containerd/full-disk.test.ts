import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Containerd } from '../../support/containerd/containerd.js';
import { expectNothingMore } from '../../support/containerd/census.js';
import { HOLDFAST, SKIP, WHY } from '../../support/containerd/runtimes.js';
import { keeperOfTasks, killShimdOfTasks } from '../../support/containerd/shim.js';
import { until } from '../../support/until.js';

async function withStateOn(size: string): Promise<{ containerd: Containerd; fill: () => void; free: () => void }> {
  const containerd = await Containerd.start({ runtime: HOLDFAST });
  mkdirSync(containerd.root, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=700`, 'tmpfs', containerd.root]);
  containerd.onUnmount(() => execFileSync('umount', ['--lazy', containerd.root]));
  const filler = join(containerd.root, 'filler');
  const fill = (): void => {
    const { bavail, bsize } = statfsSync(containerd.root);
    writeFileSync(filler, Buffer.alloc(bavail * bsize));
  };
  return { containerd, fill, free: () => rmSync(filler) };
}

describe.skipIf(SKIP)(`a full disk of the state of holdfast${WHY}`, () => {
  it('refuses what is new, and ends and removes what is there', { timeout: 60_000 }, async () => {
    const { containerd, fill, free } = await withStateOn('1m');
    const { ctr } = containerd;
    for (const id of ['c1', 'c2', 'c3']) await ctr.detached(id, ['sleep', '1000']);
    fill();
    expect((await ctr.exec('c1', ['true'])).stderr).toMatch(/no space left/);
    expect((await ctr.run('c4', ['true'])).stderr).toMatch(/no space left/);
    await killShimdOfTasks(containerd);
    await ctr.ok('task', 'kill', '--signal', 'KILL', 'c1');
    await until('it has ended', async () => (await ctr.task('c1'))?.status === 'STOPPED');
    for (const id of ['c1', 'c2', 'c3']) await ctr.call(['task', 'rm', '--force', id]);
    expect(await ctr.tasks()).toEqual([]);
    free();
    expect(await ctr.run('next', ['echo', 'hello'], { flags: ['--rm'] })).toMatchObject({ stdout: 'hello\n' });
    await expectNothingMore(containerd);
  });

  it('does not let tasks leak whose keeper is killed', { timeout: 60_000 }, async () => {
    const { containerd, fill, free } = await withStateOn('1m');
    const { ctr } = containerd;
    for (const id of ['c1', 'c2']) await ctr.detached(id, ['sleep', '1000']);
    fill();
    process.kill(await keeperOfTasks(containerd), 'SIGKILL');
    await until('containerd has removed them', async () => (await ctr.tasks()).length === 0, 20_000);
    free();
    await expectNothingMore(containerd, [], 20_000);
  });
});
