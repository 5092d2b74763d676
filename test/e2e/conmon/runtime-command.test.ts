import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConmonBench } from '../../support/conmon/conmon-bench.js';
import type { ConmonContainer } from '../../support/conmon/conmon-container.js';

/** A runtime that says how it was called, and makes a process that ends when it is told to. */
function fakeRuntime({ place }: ConmonContainer): string {
  const path = join(place, 'runtime');
  const script = `#!/bin/sh
{ for each; do echo "$each"; done; } > ${place}/args
echo "$LISTEN_PID $$ $LISTEN_FDS" > ${place}/listen
while [ "$1" != --pid-file ]; do shift; done
sh -c 'while [ ! -e ${place}/out/go ]; do sleep 0.02; done; exit 6' & echo $! > "$2"
`;
  writeFileSync(path, script, { mode: 0o755 });
  return path;
}

describe('what conmon has the runtime do', () => {
  it('is to restore a container, with --restore', async () => {
    const container = new ConmonBench('runc').container('');
    const runtime = fakeRuntime(container);
    const flags = ['-r', runtime, '--restore', '/checkpoint', '--runtime-opt', '--tcp-established'];
    await container.create({ flags: [...flags, '--restore-arg', '--file-locks', '--no-pivot', '-s'] });
    container.go();
    expect(await container.exitFile()).toBe('6');
    const args = readFileSync(join(container.place, 'args'), 'utf8').trim().split('\n');
    const at = args.indexOf('restore');
    expect(args.slice(0, at)).toEqual(['--root', container.bench.runtimeRoot, '--systemd-cgroup']);
    const [command, pidFlag, , ...rest] = args.slice(at);
    expect([command, pidFlag]).toEqual(['restore', '--pid-file']);
    const { bundle, id } = container;
    expect(rest).toEqual([
      ...['--bundle', bundle, '--no-pivot', '--detach', '--image-path', '/checkpoint', '--work-path', bundle],
      ...['--tcp-established', '--file-locks', id],
    ]);
  });

  it.each([true, false])('is told its own pid as LISTEN_PID if that is to be replaced (%s)', async (replaced) => {
    const container = new ConmonBench('runc').container('');
    const flags = ['-r', fakeRuntime(container), ...(replaced ? ['--replace-listen-pid'] : [])];
    await container.create({ flags, env: { LISTEN_PID: '1', LISTEN_FDS: '1' } });
    container.go();
    expect(await container.exitFile()).toBe('6');
    const [listen, own, count] = readFileSync(join(container.place, 'listen'), 'utf8').trim().split(' ');
    expect([listen, count]).toEqual([replaced ? own : '1', '1']);
  });
});
