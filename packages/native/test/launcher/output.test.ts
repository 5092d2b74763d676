import { describe, expect, it } from 'vitest';
import { VARIANTS } from '../support/binaries.js';
import { packetOf } from '../support/fake-launch-server.js';
import { LauncherBench } from '../support/launcher-bench.js';

const SHORT = { HOLDFAST_TEST_LAUNCH_PATIENCE: '300' };

describe.each(VARIANTS)('the launcher (%s) prints and exits as it is told', (variant) => {
  it('in order, on both streams, and with each code', async () => {
    const bench = new LauncherBench(variant);
    const server = bench.serve();
    for (const code of [0, 1, 137, 255]) {
      // One pipe for both, as containerd has it.
      const { ended } = bench.run([], { script: 'exec "$@" 2>&1' });
      const [launch] = await server.nextAccepted();
      launch.print(1, 0, 'one ');
      launch.print(2, 0, 'two ');
      launch.print(1, 4, 'three ');
      launch.print(2, 4, 'x'.repeat(32 << 10));
      launch.exit(code);
      launch.close();
      expect(await ended).toEqual({
        ...{ code, signal: null, stderr: '' },
        stdout: `one two three ${'x'.repeat(32 << 10)}`,
      });
    }
  });

  it('comes again if the connection breaks, with the same request, and prints nothing twice', async () => {
    const bench = new LauncherBench(variant);
    const server = bench.serve();
    const { ended } = bench.run(['a'], { input: Buffer.from('input') });
    const [first, request] = await server.nextAccepted();
    first.print(1, 0, 'unix:');
    first.print(2, 0, 'note ');
    first.close();
    const [second, again] = await server.nextAccepted();
    expect(again).toEqual(request);
    second.print(1, 0, 'un');
    second.print(1, 2, 'ix:///ru');
    second.print(2, 0, 'note ');
    second.close();
    const [third] = await server.nextAccepted();
    third.print(1, 0, 'unix:///run/s');
    third.exit(3);
    expect(await ended).toEqual({ code: 3, signal: null, stdout: 'unix:///run/s', stderr: 'note ' });
  });

  it('does not turn to Node once it was accepted: says that it does not know, when nobody comes back', async () => {
    const bench = new LauncherBench(variant);
    const server = bench.serve();
    const { ended } = bench.run([], { env: SHORT });
    const [launch] = await server.nextAccepted();
    server.close();
    launch.close();
    const stderr = 'mine: the shim has gone, and no other has come; what it was asked for may have been done\n';
    expect(await ended).toEqual({ code: 125, signal: null, stdout: '', stderr });
  });

  it('asks a shim that dies of it five times, and gives up', async () => {
    const bench = new LauncherBench(variant);
    const server = bench.serve();
    const { ended } = bench.run([]);
    for (let i = 0; i < 6; i++) (await server.nextAccepted())[0].close();
    expect(await ended).toMatchObject({ code: 125, stderr: expect.stringContaining('again and again') as string });
  });

  it('ignores packets that it does not know, and trusts none that make no sense', async () => {
    const bench = new LauncherBench(variant);
    const server = bench.serve();
    const known = bench.run([]);
    const [launch] = await server.nextAccepted();
    launch.send(packetOf(77, 5, Buffer.from('later')));
    launch.exit(0);
    expect(await known.ended).toEqual({ code: 0, signal: null, stdout: '', stderr: '' });
    const nonsense = [
      Buffer.from([2]),
      packetOf(2, 1, Buffer.alloc(7)),
      packetOf(2, 3, Buffer.alloc(9)),
      packetOf(2, 0, Buffer.alloc(9)),
      packetOf(2, 1, Buffer.from([1, 0, 0, 0, 0, 0, 0, 0, 65])),
      packetOf(2, 1, Buffer.alloc(8), Buffer.alloc((32 << 10) + 1)),
      packetOf(3, 256),
    ];
    for (const packet of nonsense) {
      const { ended } = bench.run([]);
      const [odd] = await server.nextAccepted();
      odd.send(packet);
      expect(await ended).toMatchObject({
        ...{ code: 125, stdout: '' },
        stderr: "mine: the shim's answer makes no sense; what it was asked for may have been done\n",
      });
    }
  });

  it('ends when nobody reads its output', async () => {
    const bench = new LauncherBench(variant);
    const server = bench.serve();
    const { ended } = bench.run([], { script: 'trap "" PIPE; { "$@"; echo "code $?" >&2; } | exec true' });
    const [launch] = await server.nextAccepted();
    // The reader ends at some time: until then the pipe takes what comes.
    for (let at = 0; at < 4 << 20; at += 32 << 10) {
      try {
        launch.print(1, at, 'x'.repeat(32 << 10));
      } catch {
        break;
      }
    }
    expect((await ended).stderr).toBe("mine: its output can't be written: Broken pipe\ncode 1\n");
  });
});
