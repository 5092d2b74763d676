import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { findProgram } from '../../../scripts/lib/find-program.mjs';
import { Containerd } from '../../support/containerd/containerd.js';
import { expectNothingMore, mountsBelow } from '../../support/containerd/census.js';
import { HOLDFAST, SKIP, WHY } from '../../support/containerd/runtimes.js';
import { keeperOfTasks } from '../../support/containerd/shim.js';
import { scratchDirectory } from '../../support/scratch-directory.js';
import { until } from '../../support/until.js';

const SHIM = fileURLToPath(new URL('../../../node_modules/.bin/containerd-shim-holdfast-v1', import.meta.url));

/** A runc whose create waits for the file `go`. */
function slowRunc(directory: string): string {
  const path = join(directory, 'runc');
  const wait = `touch ${directory}/begun; while ! test -e ${directory}/go; do sleep 0.02; done`;
  const script = `#!/bin/sh\ncase " $* " in *" create "*) ${wait} ;; esac\nexec ${findProgram('runc')} "$@"\n`;
  writeFileSync(path, script, { mode: 0o755 });
  return path;
}

function containersBelow(root: string): string[] {
  const namespaces = readdirSync(join(root, 'ns'));
  return namespaces.flatMap((namespace) => readdirSync(join(root, 'ns', namespace)));
}

describe.skipIf(SKIP)(`delete while the task is being created${WHY}`, () => {
  it('answers when the create is over, and leaves nothing of it', async () => {
    const directory = scratchDirectory();
    const runtimes = { runc: { options: { path: slowRunc(directory) } } };
    const containerd = await Containerd.start({ runtime: HOLDFAST, holdfast: { runtimes } });
    const { ctr, daemon, root } = containerd;
    const bundle = join(daemon.directory, 'state', 'io.containerd.runtime.v2.task', ctr.namespace, 'c1');
    const running = ctr.call(ctr.runArgs('c1', ['sleep', '1000'], ['-d', '--null-io']));
    await until('the create is under way', () => existsSync(join(directory, 'begun')));
    const args = ['-namespace', ctr.namespace, '-address', daemon.address, '-id', 'c1', '-bundle', bundle, 'delete'];
    const env = { ...process.env, HOLDFAST_ROOT: root };
    const deleted = once(spawn(SHIM, args, { env, stdio: 'ignore' }), 'exit');
    writeFileSync(join(directory, 'go'), '');
    expect(await deleted).toEqual([0, null]);
    expect((await running).code).toBe(1);
    expect(containersBelow(root)).toEqual([]);
    expect(mountsBelow(bundle)).toEqual([]);
    // It was not containerd that had it deleted: it looks once more when its connection closes.
    process.kill(await keeperOfTasks(containerd), 'SIGKILL');
    await until('containerd knows', async () => (await ctr.tasks()).length === 0);
    await ctr.ok('containers', 'rm', 'c1');
    // The next shim removes the cgroup of a keeper that was killed.
    expect(await ctr.run('next', ['true'], { flags: ['--rm'] })).toMatchObject({ code: 0 });
    await expectNothingMore(containerd);
  });
});
