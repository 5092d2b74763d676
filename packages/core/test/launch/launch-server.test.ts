import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { LaunchServer } from '../../src/launch/launch-server.js';
import type { Launch, LaunchHandler } from '../../src/launch/launch.js';
import { ShimError } from '../../src/plugin/shim-error.js';
import { bundle } from '../client/support/bundle.js';
import { QuietLogger } from '../support/quiet-logger.js';
import { until } from '../support/until.js';
import { LaunchBench, type Ended } from './support/launch-bench.js';

const NODE: Ended = { code: 9, stdout: expect.stringMatching(/^node /) as string, stderr: '' };

/** A server of the kind `mine`, in this process. */
function serve(bench: LaunchBench, handler: LaunchHandler): { server: LaunchServer; logger: QuietLogger } {
  const logger = new QuietLogger();
  const server = new LaunchServer(logger);
  server.handle('mine', handler);
  server.listen(bench.listener);
  onTestFinished(() => server.close());
  return { server, logger };
}

describe('the launch server, with the real launcher', () => {
  it('hands everything to the handler, prints what it says, and passes its code on', async () => {
    const bench = new LaunchBench();
    let launch: Launch | undefined;
    serve(bench, async (given) => {
      launch = given;
      void given.stdout(Buffer.from('one '));
      await given.stderr(Buffer.from('two'));
      await given.stdout(Buffer.from('three'));
      return 42;
    });
    const { child, ended } = bench.run(['-id', 'a b'], { input: 'options' });
    expect(await ended).toEqual({ code: 42, stdout: 'one three', stderr: 'two' });
    expect(launch).toMatchObject({ kind: 'mine', cwd: bench.directory, pid: child.pid, umask: process.umask() });
    expect(launch?.argv.slice(1)).toEqual(['-id', 'a b']);
    expect(launch?.env).toMatchObject({ NAMESPACE: 'default', HOLDFAST_ROOT: bench.root });
    expect(launch?.env).not.toHaveProperty('OTHER');
    expect(launch?.input.toString()).toBe('options');
    expect(launch?.requestId).toMatch(/^[0-9a-f]{32}$/);
  });

  it('serves fifty at once, each with its own', async () => {
    const bench = new LaunchBench();
    let together = 0;
    let release: () => void = () => undefined;
    const all = new Promise<void>((resolve) => (release = resolve));
    const { server } = serve(bench, async ({ argv, input, stdout }) => {
      together += 1;
      if (together === 50) release();
      await all;
      await stdout(Buffer.from(`${argv[1]} ${input.toString()}`));
      return Number(argv[1]);
    });
    const runs = Array.from({ length: 50 }, (_, i) => bench.run([String(i)], { input: `input ${i}` }).ended);
    expect(await Promise.all(runs)).toEqual(runs.map((_, i) => ({ code: i, stdout: `${i} input ${i}`, stderr: '' })));
    await server.settled();
    expect(server.active).toBe(0);
  });

  it('waits for a launcher whose output nobody reads, and for no other', async () => {
    const bench = new LaunchBench();
    const large = Buffer.alloc(4 << 20, 'x');
    let printed = false;
    serve(bench, async ({ argv, stdout }) => {
      await stdout(argv[1] === 'large' ? large : Buffer.from('small'));
      printed ||= argv[1] === 'large';
      return 0;
    });
    const slow = bench.run(['large'], { paused: true });
    await once(slow.child.stdout as NodeJS.ReadableStream, 'readable');
    expect(await bench.run(['small']).ended).toMatchObject({ code: 0, stdout: 'small' });
    expect(printed).toBe(false);
    let bytes = 0;
    slow.child.stdout?.on('data', (part: Buffer) => (bytes += part.length));
    expect((await slow.ended).code).toBe(0);
    expect([printed, bytes]).toEqual([true, large.length]);
  });

  it('tells the handler that the launcher has gone', async () => {
    const bench = new LaunchBench();
    let launch: Launch | undefined;
    let outcome: unknown;
    const { server, logger } = serve(bench, async (given) => {
      launch = given;
      await new Promise((resolve) => given.signal.addEventListener('abort', resolve));
      outcome = await given.stdout(Buffer.from('x')).catch((error: unknown) => error);
      throw new Error('for nobody');
    });
    const { child } = bench.run([]);
    await until(() => launch !== undefined);
    expect(server.active).toBe(1);
    child.kill('SIGKILL');
    await server.settled();
    expect(outcome).toMatchObject({ code: 'SHIM_UNAVAILABLE' });
    expect(logger.lines).toEqual([]);
  });

  it('prints what the handler throws, with the code of its kind', async () => {
    const bench = new LaunchBench();
    const errors: Record<string, Error> = {
      usage: new ShimError('SHIM_USAGE', 'no such flag', { remedy: 'Read the manual.' }),
      hostile: new ShimError('SHIM_BUNDLE_NOT_FOUND', 'a\u001b[2Jb\nc', { where: '/b', remedy: 'Mend it.' }),
      bug: new Error('odd'),
    };
    const { logger } = serve(bench, ({ argv }) => {
      const error = errors[argv[1] ?? ''];
      return error === undefined ? Promise.resolve(256) : Promise.reject(error);
    });
    expect(await bench.run(['usage']).ended).toEqual({
      ...{ code: 2, stdout: '' },
      stderr: 'mine: SHIM_USAGE: no such flag\n  try: Read the manual.\n',
    });
    expect(await bench.run(['hostile']).ended).toEqual({
      ...{ code: 1, stdout: '' },
      stderr: 'mine: SHIM_BUNDLE_NOT_FOUND: a\\x1b[2Jb\n    c\n  at: /b\n  try: Mend it.\n',
    });
    expect(logger.errors).toEqual([]);
    expect((await bench.run(['bug']).ended).stderr).toMatch(/^mine: SHIM_INTERNAL: odd\n/);
    expect((await bench.run(['code']).ended).stderr).toContain('SHIM_INTERNAL: a launch ended with 256');
    expect(logger.errors).toEqual([errors['bug']]);
  });

  it('refuses what nobody serves: Node runs instead', async () => {
    const bench = new LaunchBench();
    const server = new LaunchServer(new QuietLogger());
    server.listen(bench.listener);
    onTestFinished(() => server.close());
    expect(await bench.run(['a']).ended).toEqual(NODE);
    server.handle('mine', () => Promise.resolve(0));
    expect((await bench.run(['a']).ended).code).toBe(0);
    expect(() => server.handle('mine', () => Promise.resolve(1))).toThrow('two handlers');
  });

  it('takes nothing more once it leaves, ends what runs, and can come back', async () => {
    const bench = new LaunchBench();
    let finish: () => void = () => undefined;
    const { server } = serve(bench, async () => {
      await new Promise<void>((resolve) => (finish = resolve));
      return 5;
    });
    const running = bench.run([]);
    await until(() => server.active === 1);
    server.leave();
    const waiting = bench.run([]);
    let settled = false;
    const resting = server.settled().then(() => (settled = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect([settled, server.active]).toEqual([false, 1]);
    finish();
    expect((await running.ended).code).toBe(5);
    await resting;
    server.stay();
    await until(() => server.active === 1);
    finish();
    expect((await waiting.ended).code).toBe(5);
  });

  it('has no descriptor open of what has ended', async () => {
    const bench = new LaunchBench();
    const { server } = serve(bench, () => Promise.resolve(0));
    await bench.run([]).ended;
    const before = readdirSync('/proc/self/fd').length;
    for (let i = 0; i < 5; i++) await bench.run([], { input: 'x' }).ended;
    await server.settled();
    expect(readdirSync('/proc/self/fd').length).toBe(before);
  });

  it('may be killed: the launcher comes again with the same request, and prints nothing twice', async () => {
    const script = await bundle(join(import.meta.dirname, 'support', 'serve-launches.ts'));
    onTestFinished(script.remove);
    const bench = new LaunchBench();
    const place = join(bench.directory, 'hung');
    const first = bench.serve(script.file, place);
    const { child, ended } = bench.run([], { input: 'x' });
    const [said] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
    await until(() => existsSync(place) && readFileSync(place, 'utf8') !== '');
    first.kill('SIGKILL');
    await once(first, 'exit');
    bench.serve(script.file, place);
    const requestId = readFileSync(place, 'utf8');
    expect(said.toString()).toBe(`unix:///${requestId} `);
    expect(await ended).toEqual({ code: 3, stdout: `unix:///${requestId} end`, stderr: 'note ' });
  });
});
