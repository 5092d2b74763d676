import { closeSync, readFileSync, readSync, writeSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { native } from '@holdfast/native';
import type { KeeperClient } from '../keeper-client.js';
import { VARIANTS } from '../support/binaries.js';
import { descriptorsOf } from '../support/children-of.js';
import { useKeepers } from '../support/use-keepers.js';

const { errno } = constants;
const CLOEXEC_NONBLOCK_RDWR = '02004002';

/** Closed with the test. */
function closing<T extends readonly number[]>(...fds: T): T {
  onTestFinished(() => fds.forEach((fd) => closeSync(fd)));
  return fds;
}

/** What a connection brings, left in it. */
function look(connection: number): { readonly text: string; readonly fds: readonly number[] } {
  const buffer = Buffer.alloc(100);
  const { length, fds } = native.receive(connection, buffer, true) ?? { length: 0, fds: [] };
  closing(...fds);
  return { text: buffer.toString('utf8', 0, length), fds };
}

describe.each(VARIANTS)('a connection that the keeper accepts (%s)', (variant) => {
  const keepers = useKeepers(variant);

  /** The keeper holds a listener as `listener`. */
  async function listening(): Promise<{ client: KeeperClient; connect: () => number }> {
    const client = await keepers.ready();
    await client.hello(3);
    const path = join(keepers.current().directory, 'listener');
    const listener = native.seqpacketListen(path, 0o600, 4);
    await client.hold('listener', listener);
    closeSync(listener);
    return { client, connect: () => closing(native.seqpacketConnect(path))[0] };
  }

  /** Sends `text` with the end of a pipe into which `through` has been written. */
  function send(connection: number, text: string, through: string): void {
    const [read, write] = native.pipe(true);
    writeSync(write, through);
    native.send(connection, Buffer.from(text), [read]);
    closeSync(read);
    closeSync(write);
  }

  it('is held with what came over it, descriptors too, for any shimd to look at', async () => {
    const { client, connect } = await listening();
    const runtime = connect();
    send(runtime, 'name', 'bytes');
    await client.accept('listener', 'connection');
    const [first] = closing(await client.fetch('connection'));
    expect(look(first)).toMatchObject({ text: 'name', fds: [expect.any(Number)] });
    client.crashShimd(1);

    const next = await keepers.current().connect();
    expect([...(await next.hello(3)).held].sort()).toEqual(['connection', 'listener']);
    const [again] = closing(await next.fetch('connection'));
    const { text, fds } = look(again);
    const buffer = Buffer.alloc(100);
    expect([text, buffer.toString('utf8', 0, readSync(fds[0] ?? -1, buffer))]).toEqual(['name', 'bytes']);
  });

  it('is accepted even if the shimd that asked for it was killed at once', async () => {
    const { client, connect } = await listening();
    send(connect(), 'name', 'bytes');
    const { pid } = keepers.current();
    process.kill(pid, 'SIGSTOP');
    const asked = client.accept('listener', 'connection').catch(() => 'no answer');
    process.kill(client.shimdPid, 'SIGKILL');
    process.kill(pid, 'SIGCONT');
    const next = await keepers.current().connect();
    expect((await next.hello(3)).held).toContain('connection');
    expect(look(closing(await next.fetch('connection'))[0]).text).toBe('name');
    client.close();
    await Promise.race([asked, next.hello(3)]);
  });

  it('does not block, is closed on exec, and takes the place of what was under its key', async () => {
    const { client, connect } = await listening();
    const [earlier, later] = [connect(), connect()];
    const before = descriptorsOf(keepers.current().pid);
    await client.accept('listener', 'connection');
    const [accepted] = Object.keys(descriptorsOf(keepers.current().pid)).filter((fd) => !(fd in before));
    const info = readFileSync(`/proc/${keepers.current().pid}/fdinfo/${accepted ?? ''}`, 'utf8');
    expect(/^flags:\s*(\d+)$/m.exec(info)?.[1]).toBe(CLOEXEC_NONBLOCK_RDWR);
    await client.accept('listener', 'connection');
    expect(native.receive(earlier, Buffer.alloc(1))).toEqual({ length: 0, fds: [] });
    expect(native.receive(later, Buffer.alloc(1))).toBeUndefined();
  });

  it('is refused while there is none, and its key is not held', async () => {
    const { client } = await listening();
    const refused = client.accept('listener', 'connection');
    await expect(refused).rejects.toMatchObject({ errno: errno.EAGAIN, where: 'accept' });
    expect((await client.hello(3)).held).toEqual(['listener']);
  });

  it('is refused of what is not held, does not listen, is no socket, or could block', async () => {
    const { client } = await listening();
    const [socket, peer] = closing(...native.seqpacketPair());
    const [read, write] = closing(...native.pipe(true));
    const [blocking, end] = closing(...native.pipe(false));
    for (const [key, fd] of [
      ['socket', socket],
      ['pipe', read],
      ['blocking', blocking],
    ] as const)
      await client.hold(key, fd);
    await expect(client.accept('none', 'k')).rejects.toMatchObject({ errno: errno.ENOENT, where: 'key' });
    await expect(client.accept('socket', 'k')).rejects.toMatchObject({ errno: errno.EINVAL });
    await expect(client.accept('pipe', 'k')).rejects.toMatchObject({ errno: errno.ENOTSOCK });
    await expect(client.accept('blocking', 'k')).rejects.toMatchObject({ errno: errno.EINVAL });
    expect((await client.hello(3)).held).not.toContain('k');
    expect([peer, write, end].every((fd) => fd > 0)).toBe(true);
  });

  it('is unknown to a session of version 2', async () => {
    const { client, connect } = await listening();
    connect();
    await client.hello(2);
    await expect(client.accept('listener', 'k')).rejects.toMatchObject({ errno: errno.EPROTO, where: 'type' });
    await client.hello(3);
    await client.accept('listener', 'k');
  });

  it('leaks no descriptor over accepts, refusals and drops', async () => {
    const { client, connect } = await listening();
    const { pid } = keepers.current();
    const before = Object.keys(descriptorsOf(pid)).length;
    for (let i = 0; i < 20; i++) {
      connect();
      await client.accept('listener', 'connection');
      await expect(client.accept('listener', 'connection')).rejects.toThrow('accept');
      closeSync(await client.fetch('connection'));
      await client.drop('connection');
    }
    expect(Object.keys(descriptorsOf(pid))).toHaveLength(before);
  });
});
