import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { StateLayout } from '@holdfast/core/client';
import { scratchDirectory } from '../../support/scratch-directory.js';
import { until } from '../../support/until.js';

const SHIM = fileURLToPath(new URL('../../../node_modules/.bin/containerd-shim-holdfast-v1', import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly stderr: string;
}

/** `start` by the launcher, in a shell that has run `before`. */
function start(root: string, cwd: string, before = ':'): Promise<Ended> {
  const args = ['-namespace', 'ns', '-address', join(root, 'c.sock'), '-id', 'c1', 'start'];
  const env = { ...process.env, HOLDFAST_ROOT: root };
  return new Promise((resolve) => {
    const script = `${before}; exec "$@"`;
    const child = execFile('sh', ['-c', script, 'sh', SHIM, ...args], { cwd, env }, (_error, _out, stderr) =>
      resolve({ code: child.exitCode, stderr }),
    );
    // The launcher reads it to its end.
    child.stdin?.end();
  });
}

async function untilGone(root: string): Promise<void> {
  await until('the shim has left', () => !existsSync(new StateLayout(root).launchSocket('containerd')), 20_000);
}

describe('start', () => {
  it('in a bundle that has vanished says so', async () => {
    const directory = scratchDirectory();
    const bundle = join(directory, 'b');
    mkdirSync(bundle);
    const { code, stderr } = await start(join(directory, 'h'), bundle, `rmdir ${bundle}`);
    expect(code).toBe(1);
    expect(stderr).toMatch(/SHIM_INVALID_ARGUMENT: the bundle, which is the working directory, is not there/);
  });

  it('with flags that make no sense exits with 2, whether Node or a shim that serves says so', async () => {
    const directory = scratchDirectory();
    const root = join(directory, 'h');
    const told = /SHIM_USAGE: unknown flag "-no-such"\n {2}try: containerd runs this/;
    const byNode = await start(root, directory, 'set -- "$1" -no-such x start');
    expect(byNode).toEqual({ code: 2, stderr: expect.stringMatching(told) as string });
    expect(await start(root, directory)).toEqual({ code: 0, stderr: '' });
    const byShim = await start(root, directory, 'set -- "$1" -no-such x start');
    expect(byShim).toEqual(byNode);
    await untilGone(root);
  });

  it('refuses a namespace that is none, and follows no link of the bundle', async () => {
    const directory = scratchDirectory();
    const root = join(directory, 'h');
    const oddly = await start(root, directory, 'shim=$1; shift 3; set -- "$shim" -namespace ../../etc "$@"');
    expect(oddly.code).toBe(1);
    expect(oddly.stderr).toMatch(/SHIM_INVALID_ID: .* is not a valid namespace/);
    const victim = join(directory, 'victim');
    writeFileSync(victim, 'precious');
    for (const name of ['address', '.address']) symlinkSync(victim, join(directory, name));
    expect(await start(root, directory)).toEqual({ code: 0, stderr: '' });
    expect(readFileSync(victim, 'utf8')).toBe('precious');
    const taken = join(directory, 'taken');
    mkdirSync(join(taken, 'address'), { recursive: true });
    const refused = await start(root, taken);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(
      /SHIM_IO: the address can't be written into the bundle: .*\n {2}at: .*taken\/address/,
    );
    expect(readFileSync(join(directory, 'address'), 'utf8')).toMatch(/^unix:/);
    await untilGone(root);
  });

  it('does not take the socket that a killed keeper has left for that of one who starts', async () => {
    const directory = scratchDirectory();
    const layout = new StateLayout(join(directory, 'h'));
    for (const path of [layout.group('containerd'), layout.launchSockets])
      mkdirSync(path, { recursive: true, mode: 0o700 });
    writeFileSync(layout.launchSocket('containerd'), '');
    const holder = spawn('flock', [layout.groupLock('containerd'), 'sh', '-c', 'echo held; exec cat'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    onTestFinished(() => void holder.stdin.end());
    await once(holder.stdout, 'data');
    const { code, stderr } = await start(layout.root, directory);
    expect(code).toBe(1);
    expect(stderr).toMatch(/SHIM_KEEPER_START: somebody holds the lock of the shim, and does not serve/);
  });
});
