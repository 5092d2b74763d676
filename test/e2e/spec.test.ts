import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { makeRootfs } from '../../scripts/lib/busybox-bundle.mjs';
import { RUNTIMES } from '../support/runtimes.js';
import { Workbench } from '../support/workbench.js';

const ROOTFS = join(tmpdir(), 'holdfast-test-rootfs');

describe.each(RUNTIMES)('a spec that shimctl wrote, run as it is on real %s', (runtime) => {
  /** Writes a spec into an empty directory. */
  async function write(bench: Workbench, ...args: string[]): Promise<string> {
    makeRootfs(ROOTFS);
    const bundle = bench.bundle('b', ['true']);
    await bench.ok('spec', '--force', '--bundle', bundle, '--rootfs', ROOTFS, ...args);
    expect(readdirSync(bundle)).toEqual(['config.json']);
    return bundle;
  }

  it('runs a command and ends with its code', async () => {
    const bench = new Workbench({ runtime });
    const bundle = await write(bench, '--read-only', '--', 'sh', '-c', 'echo "$(hostname) $(pwd) $(id -u) $$"; exit 5');
    const { exitCode, stdout, stderr } = await bench.shimctl(['run', '-b', bundle, 'c1']);
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 5, stdout: 'holdfast / 0 1', stderr: '' });
  });

  it('runs sh, which reads its commands from stdin, when no command is given', async () => {
    const bench = new Workbench({ runtime });
    const bundle = await write(bench, '--read-only');
    const { stdout } = await bench.shimctl(['run', '-i', '-b', bundle, 'c1'], {
      input: 'echo from stdin\n',
      stdin: 'pipe',
    });
    expect(stdout).toBe('from stdin');
  });

  it('has the user, environment, directory and memory limit that were asked for', async () => {
    const bench = new Workbench({ runtime });
    const flags = ['-u', 'www-data', '-e', 'COLOUR=blue', '--cwd', '/tmp', '--memory', '64m', '--read-only'];
    const script =
      'echo $COLOUR $(pwd) $(id -u):$(id -g); cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max 2>/dev/null';
    const bundle = await write(bench, ...flags, '--', 'sh', '-c', script);
    const { stdout } = await bench.shimctl(['run', '-b', bundle, 'c1']);
    expect(String(stdout).split('\n')).toEqual(['blue /tmp 33:33', String(64 * 2 ** 20)]);
  });

  it('keeps the container away from the host', async () => {
    const bench = new Workbench({ runtime });
    const script = [
      'ls /proc | grep -c "^[0-9]"', // itself, ls and grep
      'echo x 2>/dev/null >/proc/sys/kernel/hostname || echo read-only',
      'cat /proc/kcore 2>/dev/null | head -c 1 | wc -c',
      'mknod /tmp/sda b 8 0 2>/dev/null || echo no devices',
      'grep -c eth /proc/net/dev',
      'grep -c "NoNewPrivs:.*1" /proc/self/status',
    ].join('; ');
    const bundle = await write(bench, '--', 'sh', '-c', script);
    const { stdout } = await bench.shimctl(['run', '-b', bundle, 'c1']);
    expect(String(stdout).split('\n').slice(1)).toEqual(['read-only', '0', 'no devices', '0', '1']);
    expect(Number(String(stdout).split('\n')[0])).toBeLessThanOrEqual(4);
  });

  it('has a root file system below the bundle as a relative path, and can be written over with --force alone', async () => {
    const bench = new Workbench({ runtime });
    const bundle = bench.bundle('own', ['true'], { rootfs: join(bench.directory, 'own', 'rootfs'), readonly: false });
    const refused = await bench.shimctl(['spec', '--bundle', bundle]);
    expect(refused.exitCode).toBe(1);
    expect(String(refused.stderr)).toContain('SHIM_SPEC_EXISTS');
    await bench.ok('spec', '--force', '--bundle', bundle, '--', 'sh', '-c', 'echo kept > /root/file; cat /root/file');
    const { root } = JSON.parse(readFileSync(join(bundle, 'config.json'), 'utf8')) as { root: { path: string } };
    expect(root.path).toBe('rootfs');
    const { exitCode, stdout } = await bench.shimctl(['run', '-b', bundle, 'c1']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'kept' });
  });
});
