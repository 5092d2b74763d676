import { once } from 'node:events';
import { closeSync, existsSync } from 'node:fs';
import { native } from '@holdfast/native';
import { describe, expect, it, onTestFinished } from 'vitest';
import { VARIANTS } from '../support/binaries.js';
import { packetOf, type FakeLaunch, type SeenRequest } from '../support/fake-launch-server.js';
import { LauncherBench, type RunOptions } from '../support/launcher-bench.js';
import { STREAM, u32, u64 } from '../support/streaming-launch.js';
import { until } from '../support/until.js';

const TELL = 11;
const LISTEN = 12;
const DETACH = 13;
const RELEASE = 14;
const SAID = { TOLD: 107, HEARD: 108, DETACHED: 109 };
const [EBADF, EAGAIN, EPIPE] = [9, 11, 32];

/** A launcher of version 3, and sockets that it is given from descriptor 3 on: the ends that are ours. */
function standing(variant: (typeof VARIANTS)[number], sockets = 2) {
  const bench = new LauncherBench(variant);
  const server = bench.serve('conmon');
  const pairs = Array.from({ length: sockets }, () => native.seqpacketPair());
  const open = new Set(pairs.flat());
  onTestFinished(() => open.forEach(closeSync));
  const close = (fd: number): void => (open.delete(fd) ? closeSync(fd) : undefined);
  const ours = pairs.map(([end]) => end);
  const run = (options: RunOptions = {}) => {
    const theirs = pairs.map(([, end]) => end);
    const started = bench.run(['-c', 'id'], {
      ...{ program: bench.launcher('holdfast-conmon'), descriptors: theirs, ...options },
    });
    theirs.forEach(close);
    return started;
  };
  const accepted = async (): Promise<[FakeLaunch, SeenRequest]> => {
    const connection = await server.next();
    const request = await connection.request();
    connection.send(packetOf(1, 3, u64(0)));
    return [connection, request];
  };
  return { bench, server, ours, run, accepted, close };
}

function tell(fd: number, number: number, message: string): Buffer {
  return packetOf(TELL, fd, u32(number), Buffer.from(message));
}

async function received(fd: number | undefined): Promise<string> {
  const buffer = Buffer.alloc(1 << 16);
  let length: number | undefined;
  await until(() => (length = native.receive(fd as number, buffer)?.length) !== undefined);
  return buffer.toString('latin1', 0, length);
}

describe.each(VARIANTS)('the launcher of conmon (%s)', (variant) => {
  it('writes and reads over descriptors that it was given, once over restarts of the shim', async () => {
    const { ours, run, accepted } = standing(variant);
    const { ended } = run();
    const [first, { version, kind, standing: before }] = await accepted();
    expect({ version, kind, before }).toEqual({
      ...{ version: 3, kind: 'conmon', before: { detached: 0, descriptors: [] } },
    });
    first.send(packetOf(STREAM.TOKEN, 0, Buffer.from('begun')));
    first.send(tell(3, 1, 'one\n'));
    expect(await first.said()).toEqual({ type: SAID.TOLD, detail: 3, body: Buffer.concat([u32(1), u32(0)]) });
    expect(await received(ours[0])).toBe('one\n');
    first.send(packetOf(LISTEN, 4, u32(1)));
    native.send(ours[1] as number, Buffer.from('\0'), []);
    expect(await first.said()).toEqual({ type: SAID.HEARD, detail: 4, body: Buffer.concat([u32(1), u32(1)]) });
    // What nobody has said yet is asked for by the next.
    first.send(packetOf(LISTEN, 4, u32(2)));
    first.close();
    const [second, { standing: after }] = await accepted();
    const descriptors = [
      { fd: 3, told: 1, heard: 0 },
      { fd: 4, told: 0, heard: 1 },
    ];
    expect(after).toEqual({ detached: 0, descriptors });
    second.send(tell(3, 2, 'two\n'));
    expect((await second.said())?.type).toBe(SAID.TOLD);
    expect(await received(ours[0])).toBe('two\n');
    second.send(packetOf(LISTEN, 4, u32(2)));
    native.send(ours[1] as number, Buffer.from('\0'), []);
    expect(await second.said()).toEqual({ type: SAID.HEARD, detail: 4, body: Buffer.concat([u32(2), u32(1)]) });
    second.exit(3);
    expect((await ended).code).toBe(3);
  });

  it('leaves its caller when it is released, and has nothing of it any more', async () => {
    const { run, accepted, ours } = standing(variant);
    // A pipe: of a socket it opens nothing for itself.
    const { child, ended } = run({ script: '{ "$@"; echo "code $?" >&2; } | cat' });
    const [first] = await accepted();
    first.send(packetOf(STREAM.TOKEN, 0, Buffer.from('begun')));
    first.send(packetOf(DETACH, 0));
    const said = await first.said();
    const pid = said?.body.readUInt32LE(0) ?? 0;
    expect(said).toEqual({ type: SAID.DETACHED, detail: 0, body: u32(pid) });
    expect([pid > 1, pid === child.pid, child.exitCode]).toEqual([true, false, null]);
    first.send(packetOf(DETACH, 0));
    expect((await first.said())?.body).toEqual(u32(pid));
    first.send(packetOf(RELEASE, 0));
    expect(await ended).toMatchObject({ code: 0, stdout: '', stderr: 'code 0\n' });
    expect(existsSync(`/proc/${pid}`)).toBe(true);
    first.close();
    const [second, { standing: after }] = await accepted();
    expect(after?.detached).toBe(pid);
    second.send(tell(3, 1, 'still there\n'));
    expect(await received(ours[0])).toBe('still there\n');
    second.exit(9);
    await until(() => !existsSync(`/proc/${pid}`));
  });

  it('has its caller told if it dies before it is released', async () => {
    const { run, accepted } = standing(variant);
    const { child } = run();
    const [launch] = await accepted();
    launch.send(packetOf(DETACH, 0));
    const pid = (await launch.said())?.body.readUInt32LE(0) ?? 0;
    const exited = once(child, 'exit');
    process.kill(pid, 'SIGKILL');
    expect(await exited).toEqual([1, null]);
  });

  it('tells that a descriptor takes nothing, and that there is none', async () => {
    const { ours, run, accepted, close } = standing(variant);
    const { ended } = run();
    const [launch] = await accepted();
    close(ours[0] as number);
    launch.send(tell(3, 1, 'for nobody'));
    expect((await launch.said())?.body).toEqual(Buffer.concat([u32(1), u32(EPIPE)]));
    launch.send(tell(90, 1, 'for nothing'));
    expect((await launch.said())?.body).toEqual(Buffer.concat([u32(1), u32(EBADF)]));
    launch.send(packetOf(LISTEN, 3, u32(1)));
    expect((await launch.said())?.body).toEqual(Buffer.concat([u32(1), u32(0)]));
    const large = 'x'.repeat(30_000);
    for (let number = 1, errno = 0; errno === 0; number += 1) {
      launch.send(tell(4, number, large));
      errno = (await launch.said())?.body.readUInt32LE(4) ?? -1;
      if (errno !== 0) expect(errno).toBe(EAGAIN);
    }
    launch.exit(0);
    expect((await ended).code).toBe(0);
  });

  it.each([
    ['a number that was left out', tell(3, 2, 'x')],
    ['a descriptor of its own stdio', tell(1, 1, 'x')],
    ['no number', packetOf(TELL, 3, Buffer.alloc(3))],
    ['a byte that was left out', packetOf(LISTEN, 4, u32(2))],
  ])('does not do what makes no sense: %s', async (_, packet) => {
    const { run, accepted } = standing(variant);
    const { ended } = run();
    const [launch] = await accepted();
    launch.send(packet);
    expect(await ended).toEqual({
      ...{ code: 125, signal: null, stdout: '' },
      stderr: "holdfast-conmon: the shim's answer makes no sense; what it was asked for may have been done\n",
    });
  });

  it('leaves all of it to Node if that starts no shim', async () => {
    const bench = new LauncherBench(variant);
    const { ended } = bench.run(['-c', 'id'], { program: bench.launcher('holdfast-conmon') });
    expect((await ended).stdout).toMatch(/^node \S+ -c id\n/);
    const { ended: version } = bench.run(['--version'], { program: bench.launcher('holdfast-conmon') });
    expect((await version).stdout).toMatch(/^node \S+ --version\n/);
  });
});
