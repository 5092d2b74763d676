import { once } from 'node:events';
import { closeSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { native } from '@holdfast/native';
import { LaunchServer } from '../../src/launch/launch-server.js';
import type { StreamedLaunch, StreamedLaunchHandler } from '../../src/launch/streamed-launch.js';
import { QuietLogger } from '../support/quiet-logger.js';
import { until } from '../support/until.js';
import { LaunchBench } from './support/launch-bench.js';
import { header, payload } from './support/payload.js';
import { sealedFile } from './support/sealed-file.js';

const SIGTERM = 15;
const OK = { code: 0, hurried: false };
/** Keeps a launch until the launcher has gone. */
const FOR_EVER = new Promise<never>(() => undefined);

function serve(bench: LaunchBench, handler: StreamedLaunchHandler): { server: LaunchServer; logger: QuietLogger } {
  const logger = new QuietLogger();
  const server = new LaunchServer(logger);
  server.handleStreams('shimctl', handler);
  server.listen(bench.listener);
  onTestFinished(() => server.close());
  return { server, logger };
}

describe('the launch server, with a launcher that streams', () => {
  it('passes input and output on, however much, and the code', async () => {
    const bench = new LaunchBench('shimctl');
    serve(bench, async ({ stdin, stdout, stderr, isTTY, attempt, again, size }) => {
      stderr.write(JSON.stringify({ isTTY, attempt, again, size }));
      await pipeline(stdin, stdout, { end: false });
      return { code: 42, hurried: false };
    });
    const input = Buffer.alloc(3 << 20, 'some line\n');
    const { code, stdout, stderr } = await bench.run(['a b'], { input }).ended;
    expect([code, stdout === input.toString()]).toEqual([42, true]);
    const isTTY = { stdin: false, stdout: false, stderr: false };
    expect(JSON.parse(stderr)).toEqual({ isTTY, attempt: 0, again: false });
  });

  it('reads no stdin that nobody reads, and waits for output that nobody takes', async () => {
    const bench = new LaunchBench('shimctl');
    const large = Buffer.alloc(4 << 20, 'x');
    let printed = false;
    serve(bench, ({ argv, stdout }) => {
      return new Promise((resolve) => {
        if (argv[1] === 'small') resolve(OK);
        else stdout.write(large, () => resolve(((printed = true), OK)));
      });
    });
    const slow = bench.run(['large'], { paused: true, input: null });
    await once(slow.child.stdout as NodeJS.ReadableStream, 'readable');
    expect((await bench.run(['small'], { input: null }).ended).code).toBe(0);
    expect(printed).toBe(false);
    let bytes = 0;
    slow.child.stdout?.on('data', (part: Buffer) => (bytes += part.length));
    expect((await slow.ended).code).toBe(0);
    expect([printed, bytes]).toEqual([true, large.length]);
  });

  it('leaves to Node what is refused, before anything was read, and nothing once it has begun', async () => {
    const bench = new LaunchBench('shimctl');
    const answers: boolean[] = [];
    serve(bench, (launch) => {
      if (launch.argv[1] === 'begun') launch.accept();
      answers.push(launch.refuse('for a test'));
      launch.stdout.write('said');
      return Promise.resolve(OK);
    });
    expect(await bench.run(['light']).ended).toMatchObject({
      code: 9,
      stdout: expect.stringMatching(/^node /) as string,
    });
    expect(await bench.run(['begun']).ended).toEqual({ code: 0, stdout: 'said', stderr: '' });
    expect(answers).toEqual([true, false]);
  });

  it('refuses a launcher of the other version', async () => {
    const server = new LaunchServer(new QuietLogger());
    server.handle('shimctl', () => Promise.resolve(0));
    const streams = new LaunchServer(new QuietLogger());
    streams.handleStreams('mine', () => Promise.resolve(OK));
    for (const [each, kind] of [
      [server, 'shimctl'],
      [streams, 'mine'],
    ] as const) {
      const bench = new LaunchBench(kind);
      each.listen(bench.listener);
      onTestFinished(() => each.close());
      expect((await bench.run([]).ended).code).toBe(9);
    }
    expect(() => server.handleStreams('shimctl', () => Promise.resolve(OK))).toThrow('two handlers');
  });

  it('hands on the signals that are wanted, one by one, and says when they were handled', async () => {
    const bench = new LaunchBench('shimctl');
    const events: string[] = [];
    let over: () => void = () => undefined;
    serve(bench, async ({ onSignal, stdout }) => {
      const ended = new Promise<void>((resolve) => (over = resolve));
      const giveBack = onSignal(SIGTERM, () => void events.push('one'));
      onSignal(SIGTERM, () => void events.push('two'));
      giveBack();
      stdout.write('ready');
      await ended;
      return { code: 7, hurried: true };
    });
    const { child, ended } = bench.run([]);
    await once(child.stdout as NodeJS.ReadableStream, 'data');
    child.kill('SIGTERM');
    await until(() => events.length === 1);
    child.kill('SIGTERM');
    await until(() => events.length === 2);
    over();
    expect([(await ended).code, events]).toEqual([7, ['two', 'two']]);
  });

  it('tells the handler that the launcher has gone, and that nobody reads', async () => {
    const bench = new LaunchBench('shimctl');
    let launch: StreamedLaunch | undefined;
    const { server, logger } = serve(bench, (given) => {
      launch = given;
      given.accept();
      return FOR_EVER;
    });
    const closed = bench.run([]);
    await until(() => launch !== undefined);
    const failure = once(launch?.stdout as NodeJS.WritableStream, 'error');
    closed.child.stdout?.destroy();
    launch?.stdout.write('for nobody');
    expect(await failure).toMatchObject([{ code: 'EPIPE' }]);
    closed.child.kill('SIGKILL');
    await server.settled();
    expect([launch?.signal.aborted, launch?.stdin.destroyed, launch?.stderr.destroyed]).toEqual([true, true, true]);
    expect(() => launch?.accept()).not.toThrow();
    expect(logger.lines).toEqual([]);
  });

  it('has another go on with what it was to remember, and does not wait for that when it leaves', async () => {
    const bench = new LaunchBench('shimctl');
    const first = serve(bench, async ({ stdin, stdout, remember }) => {
      remember('so far');
      stdin.hold();
      for await (const part of stdin) {
        stdin.taken(3);
        stdout.write(part);
      }
      return FOR_EVER;
    }).server;
    const { child, ended } = bench.run([], { input: null });
    child.stdin?.write('one two');
    await once(child.stdout as NodeJS.ReadableStream, 'data');
    await first.settled();
    expect(first.active).toBe(1);
    first.close();
    let seen: StreamedLaunch | undefined;
    serve(bench, async (launch) => {
      seen = launch;
      expect(launch.refuse('too late')).toBe(false);
      for await (const part of launch.stdin) launch.stdout.write(part);
      return { code: 3, hurried: false };
    });
    child.stdin?.end(' three');
    expect(await ended).toEqual({ code: 3, stdout: 'one two two three', stderr: '' });
    expect(seen).toMatchObject({ again: true, attempt: 1, token: 'so far' });
  });

  it('cuts off who says what makes no sense, and keeps nothing of it', async () => {
    const bench = new LaunchBench('shimctl');
    const { server } = serve(bench, (launch) => {
      launch.stdin.on('data', () => undefined);
      return FOR_EVER;
    });
    const said = { kind: 'shimctl', requestId: '00'.repeat(16), umask: 0, cwd: '/', argv: ['a'], env: [] };
    // Large, so that its file can be made.
    const request = payload({ ...said, input: Buffer.alloc(0), state: { program: 'p'.repeat(400_000), token: '' } });
    const file = sealedFile(request);
    const packet = (type: number, detail: number, ...body: number[]): Buffer =>
      Buffer.from([type, 0, detail, 0, ...body]);
    const nothing = [0, 0, 0, 0, 0, 0, 0, 0];
    const nonsense = [
      ...[Buffer.from('x'), packet(7, 0), packet(101, 0, ...nothing), packet(101, 0, 1, 0, 0, 0, 0, 0, 0, 0, 65)],
      ...[packet(102, 0, 9, 0, 0, 0, 0, 0, 0, 0), packet(103, 15, 5, 0, 0, 0), packet(103, 0, 1, 0, 0, 0)],
      ...[packet(104, 0, 1), packet(104, 0, 255, 255, 255, 255, 0, 0, 0, 0), packet(105, 3, ...nothing)],
      ...[packet(106, 1, 1), packet(101, 0, ...nothing, ...Array<number>(40_000).fill(1))],
    ];
    for (const [i, each] of nonsense.entries()) {
      const fd = native.seqpacketConnect(bench.socket);
      native.send(fd, header(request.length, { version: 2 }), [file]);
      await until(() => server.active === 1);
      native.send(fd, each, []);
      await until(() => server.active === 0).catch(() => expect.fail(`packet ${i}`));
      closeSync(fd);
    }
    closeSync(file);
  });
});
