import { createHash } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { VARIANTS } from '../support/binaries.js';
import { packetOf } from '../support/fake-launch-server.js';
import { LauncherBench, type Ended } from '../support/launcher-bench.js';

const NOBODY = 65534;

async function expectNode(ended: Promise<Ended>, bench: LauncherBench, args: string, input: Buffer): Promise<void> {
  const { code, signal, stdout, stderr } = await ended;
  const hash = createHash('sha256').update(input).digest('hex').slice(0, 8);
  // What a program started in the same way has: the tests' own caller may have left some open.
  const plain = await bench.run([], { program: bench.node }).ended;
  const lines = [`node ${bench.main}${args}`, 'mark kept', ...descriptors(plain.stdout), `stdin ${hash}`];
  expect(stdout.trim().split('\n')).toEqual(lines);
  expect({ code, signal, stderr }).toEqual({ code: 9, signal: null, stderr: '' });
}

function descriptors(stdout: string): string[] {
  return stdout.split('\n').filter((line) => line.startsWith('fd '));
}

/** More than a request may hold: nobody could have read it. */
const LARGE = Buffer.alloc(3 << 20, 'stdin');
const SMALL = Buffer.from('options');

describe.each(VARIANTS)('the launcher (%s) runs Node in its place', (variant) => {
  it('with its arguments, environment and stdin if nobody serves, and leaves it no descriptor', async () => {
    const bench = new LauncherBench(variant);
    await expectNode(bench.run(['-id', 'a'], { input: LARGE }).ended, bench, ' -id a', LARGE);
    const gone = bench.serve();
    gone.close();
    await expectNode(bench.run(['b'], { input: LARGE }).ended, bench, ' b', LARGE);
    rmSync(bench.root, { recursive: true });
    await expectNode(bench.run([], { input: LARGE }).ended, bench, '', LARGE);
    await expectNode(bench.run([], { input: LARGE, env: { HOLDFAST_ROOT: 'relative' } }).ended, bench, '', LARGE);
  });

  it('with a stdin that was read already if the shim is of another version', async () => {
    const bench = new LauncherBench(variant);
    const server = bench.serve();
    const { ended } = bench.run(['x'], { input: SMALL });
    const launch = await server.next();
    await launch.request();
    launch.refuse();
    await expectNode(ended, bench, ' x', SMALL);
  });

  it('if nobody accepts in time, and then nobody can', async () => {
    const bench = new LauncherBench(variant);
    const server = bench.serve();
    const { ended } = bench.run([], { input: SMALL, env: { HOLDFAST_TEST_LAUNCH_PATIENCE: '200' } });
    const launch = await server.next();
    await launch.request();
    await expectNode(ended, bench, '', SMALL);
    expect(() => launch.accept()).toThrow(expect.objectContaining({ code: 'EPIPE' }));
  });

  it('if every connection breaks before it was accepted', async () => {
    const bench = new LauncherBench(variant);
    const server = bench.serve();
    const { ended } = bench.run([], { input: SMALL });
    for (let i = 0; i < 6; i++) (await server.next()).close();
    await expectNode(ended, bench, '', SMALL);
  });

  it('if what is said before it was accepted makes no sense', async () => {
    const bench = new LauncherBench(variant);
    const server = bench.serve();
    for (const packet of [Buffer.from([1]), packetOf(3, 0), packetOf(2, 1, Buffer.alloc(9))]) {
      const { ended } = bench.run([], { input: SMALL });
      const launch = await server.next();
      await launch.request();
      launch.send(packet);
      await expectNode(ended, bench, '', SMALL);
    }
  });

  it('if its command line is too long, or its directory has gone, before stdin is read', async () => {
    const bench = new LauncherBench(variant);
    const server = bench.serve();
    const long = 'x'.repeat(100 << 10);
    await expectNode(bench.run([long, long, long], { input: LARGE }).ended, bench, ` ${long} ${long} ${long}`, LARGE);
    const script = 'mkdir "$HOLDFAST_ROOT/gone" && cd "$HOLDFAST_ROOT/gone" && rmdir ../gone && exec "$@" 2>/dev/null';
    await expectNode(bench.run([], { input: LARGE, script }).ended, bench, '', LARGE);
    server.close();
  });

  it('if what leads to the socket is a link, or belongs or is open to others', async () => {
    const hostile: ((bench: LauncherBench) => void)[] = [
      (bench) => chmodSync(bench.root, 0o711),
      (bench) => chmodSync(dirname(bench.socket()), 0o750),
      (bench) => chmodSync(bench.socket(), 0o622),
      (bench) => chownSync(bench.root, NOBODY, 0),
      (bench) => chownSync(dirname(bench.socket()), NOBODY, 0),
      (bench) => chownSync(bench.socket(), NOBODY, 0),
      (bench) => linkInstead(bench.root),
      (bench) => linkInstead(dirname(bench.socket())),
      (bench) => linkInstead(bench.socket()),
      (bench) => fileInstead(bench.socket()),
      (bench) => fileInstead(dirname(bench.socket())),
    ];
    for (const spoil of hostile) {
      const bench = new LauncherBench(variant);
      const server = bench.serve();
      spoil(bench);
      await expectNode(bench.run([], { input: LARGE }).ended, bench, '', LARGE);
      server.close();
    }
  });

  it('which is found by HOLDFAST_NODE, then PATH, and beside the package that it lies in', async () => {
    const bench = new LauncherBench(variant);
    const program = bench.launcher('pkg/launchers/linux-x64/tool');
    mkdirSync(join(bench.directory, 'pkg', 'dist'));
    const main = join(bench.directory, 'pkg', 'dist', 'main.cjs');
    const run = (env: Record<string, string>): Promise<Ended> =>
      bench.run(['-v'], { program, env: { HOLDFAST_LAUNCHER_FALLBACK: '', ...env } }).ended;
    const there = `${dirname(program)}/../../dist/main.cjs`;
    expect(await run({})).toEqual({
      ...{ code: 127, signal: null, stdout: '' },
      stderr: `tool: ${there}: No such file or directory\n`,
    });
    writeFileSync(main, '');
    for (const env of [{}, { HOLDFAST_NODE: '', PATH: `:relative:/no/such:${dirname(bench.node)}:/usr/bin:/bin` }]) {
      const { code, stdout } = await run(env);
      expect([code, stdout.split('\n')[0]]).toEqual([9, `node ${there} -v`]);
    }
    expect(await run({ HOLDFAST_NODE: '/no/such/node' })).toMatchObject({
      ...{ code: 127, stdout: '' },
      stderr: 'tool: HOLDFAST_NODE names /no/such/node: No such file or directory\n',
    });
  });
});

function linkInstead(path: string): void {
  renameSync(path, `${path}.real`);
  symlinkSync(`${path}.real`, path);
}

function fileInstead(path: string): void {
  rmSync(path, { recursive: true });
  writeFileSync(path, '', { mode: 0o600 });
}
