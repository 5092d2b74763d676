import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { VARIANTS } from '../support/binaries.js';
import { packetOf } from '../support/fake-launch-server.js';
import { LauncherBench } from '../support/launcher-bench.js';
import { inputFrom, ROOM, SAID, STREAM, StreamingLauncher, u32, u64 } from '../support/streaming-launch.js';

const SHORT = { HOLDFAST_TEST_LAUNCH_PATIENCE: '300' };

describe.each(VARIANTS)('the launcher of shimctl (%s)', (variant) => {
  it('says what it is, and what a command looks at', async () => {
    const bench = new LauncherBench(variant);
    const launcher = new StreamingLauncher(bench);
    const env = { TERM: 'vt100', NO_COLOR: '1', HOME: '/h', NAMESPACE: 'no', SECRET: 'no', HOLDFAST_ROOT: bench.root };
    const { ended } = launcher.run(['exec', 'c1'], { env, script: 'exec "$@" 3</dev/null 4</dev/null', cwd: '/tmp' });
    const [launch, request] = await launcher.accepted();
    const { dev, ino, size, mtimeNs } = statSync(bench.main, { bigint: true });
    expect(request).toMatchObject({
      ...{ version: 2, flags: 0, kind: 'shimctl', cwd: '/tmp', sealed: true, input: Buffer.alloc(0) },
      argv: [join(bench.directory, 'shimctl'), 'exec', 'c1'],
      state: {
        ...{ terminals: 0, size: [0, 0], attempt: 0, signals: 0, token: '', taken: 0 },
        ...{ printed: [0, 0], received: [0, 0], program: [dev, ino, size, mtimeNs].join(':') },
      },
    });
    expect(request.state?.inherited).toBeGreaterThanOrEqual(2);
    expect(request.env).toEqual(expect.arrayContaining(['TERM=vt100', 'NO_COLOR=1', 'HOME=/h']));
    expect(request.env.filter((each) => /^(NAMESPACE|SECRET)=/.test(each))).toEqual([]);
    launch.exit(3);
    expect(await ended).toEqual({ code: 3, signal: null, stdout: '', stderr: '' });
  });

  it('looks where --root says, and runs Node if nobody is there or it is refused', async () => {
    const bench = new LauncherBench(variant);
    const launcher = new StreamingLauncher(bench);
    const elsewhere = { HOLDFAST_ROOT: join(bench.directory, 'none') };
    for (const args of [
      ['list', '--root', bench.root],
      [`--root=${bench.root}`, 'list'],
    ]) {
      const { ended } = launcher.run(args, { env: elsewhere });
      const [launch] = await launcher.accepted();
      launch.exit(0);
      expect((await ended).code).toBe(0);
    }
    const named = launcher.run(['exec', 'c', '--', '--root', bench.root], {
      env: elsewhere,
      input: Buffer.from('all'),
    });
    expect(await named.ended).toMatchObject({ code: 9, stdout: expect.stringContaining('node ') as string });
    const refused = launcher.run(['logs'], { input: Buffer.from('all') });
    const launch = await launcher.server.next();
    await launch.request();
    launch.send(packetOf(4, 5));
    const { code, stdout } = await refused.ended;
    // Of stdin nothing was read.
    const hash = createHash('sha256').update('all').digest('hex').slice(0, 8);
    expect([code, stdout]).toEqual([9, expect.stringContaining(`stdin ${hash}`) as string]);
  });

  it('reads stdin when it is asked to, no more than there is room for, and tells its end', async () => {
    const launcher = new StreamingLauncher(new LauncherBench(variant));
    const input = Buffer.alloc(3 * ROOM + 5, 'line of input\n');
    const { ended } = launcher.run([], { input });
    const [launch] = await launcher.accepted();
    launch.send(packetOf(STREAM.INPUT, 1));
    const parts: Buffer[] = [];
    for (let at = 0; at < input.length;) {
      const part = await inputFrom(launch, Math.min(ROOM, input.length - at));
      expect([part.offset, part.bytes.length]).toEqual([at, Math.min(ROOM, input.length - at)]);
      at += part.bytes.length;
      if (at < input.length) expect(launch.hasSaid).toBe(false);
      parts.push(part.bytes);
      launch.send(packetOf(STREAM.TAKEN, 0, u64(at)));
    }
    expect(Buffer.concat(parts).equals(input)).toBe(true);
    expect(await launch.said()).toEqual({ type: SAID.IN_END, detail: 0, body: u64(input.length) });
    launch.exit(0);
    await ended;
  });

  it('passes on the signals that are asked for, again until they are handled, and dies of the others', async () => {
    const launcher = new StreamingLauncher(new LauncherBench(variant));
    const { child, ended } = launcher.run();
    const [launch] = await launcher.accepted([2, 15]);
    child.kill('SIGINT');
    expect(await launch.said()).toEqual({ type: SAID.SIGNAL, detail: 2, body: u32(1) });
    launch.send(packetOf(STREAM.HANDLED, 0, u32(1)));
    child.kill('SIGTERM');
    expect(await launch.said()).toEqual({ type: SAID.SIGNAL, detail: 15, body: u32(2) });
    launch.close();
    const [second, { state }] = await launcher.accepted([2, 15]);
    expect(state).toMatchObject({ attempt: 1, signals: 1 });
    expect(await second.said()).toEqual({ type: SAID.SIGNAL, detail: 15, body: u32(2) });
    second.send(packetOf(STREAM.SIGNALS, 0, u64(1n << 2n)));
    second.send(packetOf(STREAM.HANDLED, 0, u32(2)));
    second.print(1, 0, 'told');
    await once(child.stdout as NodeJS.ReadableStream, 'data');
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: null, signal: 'SIGTERM' });
  });

  it('lets a signal wait until it knows whom it is for', async () => {
    const launcher = new StreamingLauncher(new LauncherBench(variant));
    const first = launcher.run();
    const silent = await launcher.server.next();
    await silent.request();
    first.child.kill('SIGINT');
    expect(await first.ended).toMatchObject({ code: null, signal: 'SIGINT' });
    expect(() => silent.accept()).toThrow(expect.objectContaining({ code: 'EPIPE' }));
  });

  it('ends by a signal if an earlier one is not heard of, or its output is stuck after the end', async () => {
    const launcher = new StreamingLauncher(new LauncherBench(variant));
    const deaf = launcher.run();
    const [launch] = await launcher.accepted([15]);
    deaf.child.kill('SIGTERM');
    await launch.said();
    const again = setInterval(() => deaf.child.kill('SIGTERM'), 100);
    expect(await deaf.ended.finally(() => clearInterval(again))).toMatchObject({
      ...{ code: 143, signal: null },
      stderr: 'shimctl: interrupted while the shim did not answer; what was started goes on\n',
    });
    const stuck = launcher.run();
    stuck.child.stdout?.pause();
    const [other] = await launcher.accepted([15]);
    // More than the pipe takes: the rest waits in the launcher.
    for (let at = 0; at < 1.5 * ROOM; at += 1 << 15) {
      if (at === ROOM) await other.said();
      await other.printInTime(1, at, 'x'.repeat(1 << 15));
    }
    await other.exitInTime(0);
    const later = setInterval(() => stuck.child.kill('SIGTERM'), 100);
    stuck.ended.finally(() => clearInterval(later)).catch(() => undefined);
    await once(stuck.child, 'exit');
    stuck.child.stdout?.resume();
    expect(await stuck.ended).toMatchObject({
      ...{ code: 143, signal: null },
      stderr: 'shimctl: interrupted after the end of the process, with output still to be written\n',
    });
  });

  it('goes on with another shim: what was printed, what was not taken, and what it was to remember', async () => {
    const launcher = new StreamingLauncher(new LauncherBench(variant));
    const { child, ended } = launcher.run(['exec'], { input: 'open' });
    const [first, request] = await launcher.accepted();
    first.send(packetOf(STREAM.INPUT, 1));
    child.stdin?.write('first second ');
    expect((await inputFrom(first, 13)).bytes.toString()).toBe('first second ');
    first.send(packetOf(STREAM.TAKEN, 0, u64(6)));
    first.send(packetOf(STREAM.TOKEN, 0, Buffer.from('to know')));
    first.print(1, 0, 'one ');
    first.close();
    const [second, { state, ...again }] = await launcher.accepted();
    expect({ id: again.id, argv: again.argv }).toEqual({ id: request.id, argv: request.argv });
    expect(state).toMatchObject({ attempt: 1, token: 'to know', received: [4, 0], taken: 6 });
    second.send(packetOf(STREAM.INPUT, 1));
    child.stdin?.end('third');
    expect(await inputFrom(second, 12)).toEqual({ offset: 6, bytes: Buffer.from('second third') });
    expect(await second.said()).toEqual({ type: SAID.IN_END, detail: 0, body: u64(18) });
    second.print(1, 4, 'two');
    second.exit(5);
    expect(await ended).toEqual({ code: 5, signal: null, stdout: 'one two', stderr: '' });
  });

  it('is done again from the beginning while nothing was printed or taken, and not after', async () => {
    const launcher = new StreamingLauncher(new LauncherBench(variant));
    const { ended } = launcher.run([], { env: SHORT });
    const [first] = await launcher.accepted();
    first.print(2, 0, 'warning ');
    first.close();
    const [second, { state }] = await launcher.accepted();
    expect(state).toMatchObject({ attempt: 1, token: '', received: [0, 8] });
    second.print(2, 0, 'warning ');
    second.print(1, 0, 'part');
    second.close();
    expect(await ended).toEqual({
      ...{ code: 125, signal: null, stdout: 'part' },
      stderr: 'warning shimctl: the shim has gone; what it was asked for may have been done\n',
    });
  });

  it('keeps no more output than there is room for, tells what it has printed, and that it can not', async () => {
    const launcher = new StreamingLauncher(new LauncherBench(variant));
    const { child } = launcher.run();
    child.stdout?.pause();
    const [launch] = await launcher.accepted();
    const part = 'x'.repeat(32 << 10);
    for (let at = 0; at < ROOM; at += part.length) await launch.printInTime(1, at, part);
    child.stdout?.resume();
    const said = await launch.said();
    expect([said?.type, said?.detail]).toEqual([SAID.PRINTED, 1]);
    child.stdout?.destroy();
    for (let at = ROOM; ; at += part.length) {
      await launch.printInTime(1, at, part);
      const next = await launch.said();
      if (next?.type === SAID.PRINTED) continue;
      expect(next).toEqual({ type: SAID.UNPRINTABLE, detail: 1, body: u64(32) });
      break;
    }
    launch.exit(141);
  });

  it('trusts nothing that makes no sense, and ignores what it does not know', async () => {
    const launcher = new StreamingLauncher(new LauncherBench(variant));
    const known = launcher.run();
    const [launch] = await launcher.accepted();
    launch.send(packetOf(77, 1, Buffer.from('later')));
    launch.exit(0);
    expect((await known.ended).code).toBe(0);
    const nonsense = [
      Buffer.from([2]),
      packetOf(1, 2, u64(0)),
      packetOf(2, 1, Buffer.alloc(7)),
      packetOf(2, 3, Buffer.alloc(9)),
      packetOf(2, 1, u64(1), Buffer.from('A')),
      packetOf(2, 1, u64(0), Buffer.alloc((32 << 10) + 1)),
      packetOf(3, 256),
      packetOf(STREAM.TAKEN, 0, u64(1)),
      packetOf(STREAM.TAKEN, 0, Buffer.alloc(3)),
      packetOf(STREAM.SIGNALS, 0, Buffer.alloc(4)),
      packetOf(STREAM.TOKEN, 0, Buffer.alloc(1025, 'a')),
      packetOf(STREAM.HANDLED, 0, u32(1)),
      packetOf(4, 1),
    ];
    for (const [i, packet] of nonsense.entries()) {
      const { ended } = launcher.run();
      const [odd] = await launcher.accepted();
      odd.send(packet);
      expect(await ended, `packet ${i}`).toEqual({
        ...{ code: 125, signal: null, stdout: '' },
        stderr: "shimctl: the shim's answer makes no sense; what it was asked for may have been done\n",
      });
    }
  });
});
