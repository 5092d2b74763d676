import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectNothingMore } from '../../support/containerd/census.js';
import { Containerd } from '../../support/containerd/containerd.js';
import { HOLDFAST, SKIP, WHY } from '../../support/containerd/runtimes.js';
import { until } from '../../support/until.js';

/** Has a containerd that does not run use another directory. */
function redirect({ directory }: Containerd, from: string, to: string): void {
  const file = join(directory, 'config.toml');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace(JSON.stringify(join(directory, from)), JSON.stringify(join(directory, to))));
}

describe.skipIf(SKIP)(`a task whose containerd has another state directory after its next start${WHY}`, () => {
  it('is there if the directory was moved, and can be removed', async () => {
    const containerd = await Containerd.start({ runtime: HOLDFAST });
    const { ctr, daemon, directory } = containerd;
    await ctr.detached('c1', ['sleep', '1000']);
    const before = await ctr.tasks();
    await daemon.stop();
    renameSync(join(directory, 'state'), join(directory, 'moved'));
    redirect(containerd, 'state', 'moved');
    await daemon.start();
    expect(await ctr.tasks()).toEqual(before);
    expect((await ctr.call(['task', 'rm', '--force', 'c1'])).code).toBe(0);
    await ctr.ok('containers', 'rm', 'c1');
    await expectNothingMore(containerd);
  });

  it('runs on if it is a new one, keeps its id from being used, and is there again with the old one', async () => {
    const containerd = await Containerd.start({ runtime: HOLDFAST });
    const { ctr, daemon, directory } = containerd;
    await ctr.detached('c1', ['sleep', '1000']);
    const before = await ctr.tasks();
    await daemon.stop();
    redirect(containerd, 'state', 'new');
    await daemon.start();
    expect(await ctr.tasks()).toEqual([]);
    expect(await ctr.call(['task', 'start', '--detach', '--null-io', 'c1'])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/the id c1 is in use: already exists/) as string,
    });
    const refused = join(directory, 'new', 'io.containerd.runtime.v2.task', ctr.namespace, 'c1');
    await until('containerd has removed what it had made', () => !existsSync(refused));
    await daemon.stop();
    redirect(containerd, 'new', 'state');
    await daemon.start();
    expect(await ctr.tasks()).toEqual(before);
    expect((await ctr.exec('c1', ['true'])).code).toBe(0);
  });
});
