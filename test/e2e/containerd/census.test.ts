import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { censusOf, expectNothingMore, settledCensus } from '../../support/containerd/census.js';
import { Containerd } from '../../support/containerd/containerd.js';
import { RUNTIMES, SKIP, WHY } from '../../support/containerd/runtimes.js';

/** The first words of its lines. */
function kinds(census: readonly string[]): string[] {
  return [...new Set(census.map((line) => line.replace(/ .*/, '')))].sort();
}

describe.skipIf(SKIP).each(RUNTIMES)(`what a container on %s leaves${WHY}`, (runtime) => {
  it('is nothing, and while it runs the census sees all there is of it', async () => {
    const containerd = await Containerd.start({ runtime });
    const { ctr } = containerd;
    expect(censusOf(containerd)).toEqual([]);
    await ctr.detached('c1', ['sleep', '1000']);
    const task = await ctr.task('c1');
    expect(task).toMatchObject({ status: 'RUNNING' });
    const running = censusOf(containerd);
    expect(kinds(running)).toEqual(expect.arrayContaining(['bundle', 'cgroup', 'fifo', 'mount', 'process']));
    expect(running).toContain(`process ${task?.pid} sleep 1000`);
    await ctr.detached('c2', ['sleep', '1000']);
    await expect(expectNothingMore(containerd, running, 0)).rejects.toThrow(/there is more than before:\nprocess /);
    await ctr.call(['task', 'rm', '--force', 'c1', 'c2']);
    await ctr.ok('containers', 'rm', 'c1', 'c2');
    await expectNothingMore(containerd);
  });

  it('is found wherever it is: a mount, a FIFO', async () => {
    const containerd = await Containerd.start({ runtime });
    const mount = join(containerd.directory, 'm');
    const fifo = join(containerd.directory, 'f');
    mkdirSync(mount);
    execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', mount]);
    execFileSync('mkfifo', [fifo]);
    const left = await settledCensus(() => censusOf(containerd), [], 0);
    execFileSync('umount', [mount]);
    rmSync(fifo);
    expect(left).toEqual([`mount ${mount}`, `fifo ${fifo}`]);
  });
});
