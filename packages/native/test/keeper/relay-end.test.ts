import { execFileSync } from 'node:child_process';
import { chmodSync, closeSync } from 'node:fs';
import { connect } from 'node:net';
import { constants } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { native } from '@holdfast/native';
import { VARIANTS } from '../support/binaries.js';
import { descriptorsOf } from '../support/children-of.js';
import { FrameSocket } from '../support/frame-socket.js';
import { request, response } from '../support/frames.js';
import { closing, holdListener, relaying, restarted, serve } from '../support/relays.js';
import { until } from '../support/until.js';
import { useKeepers } from '../support/use-keepers.js';

const { errno, signals } = constants;

/** Says whether the connection is closed by the peer, or answered. */
const AS_NOBODY = `
const socket = require('node:net').connect(process.argv[1]);
socket.on('error', (error) => console.log(error.code)).on('close', () => console.log('closed'));
socket.on('data', () => console.log('answered')).resume();
`;

describe.each(VARIANTS)('the end of a relayed connection (%s)', (variant) => {
  const keepers = useKeepers(variant);

  it('is not told to the client when shimd closes its end alone: the next HELLO goes on', async () => {
    const { client, dial } = await relaying(keepers);
    const peer = await dial();
    const first = await serve(client);
    await peer.send(request(1, 'a'));
    await first.shimd.next();
    await first.shimd.kill();
    await peer.send(request(3, 'b'));
    await client.hello(4);
    const second = await serve(client);
    expect(second.id).toBe(first.id);
    expect([await second.shimd.brief(), await second.shimd.brief()]).toEqual([
      [1, 1, 'a'],
      [3, 1, 'b'],
    ]);
    await second.shimd.send(response(1, 'c'));
    expect(await peer.brief()).toEqual([1, 2, 'c']);
  });

  it('is cut for shimd by a second HELLO, after what it had sent whole', async () => {
    const { client, dial } = await relaying(keepers);
    const peer = await dial();
    const first = await serve(client);
    await peer.send(request(1, 'a'), request(3, 'b'));
    await first.shimd.next();
    await first.shimd.send(response(1, 'whole'), response(3, 'torn').subarray(0, 11));
    await client.hello(4);
    const second = await serve(client);
    expect(await second.shimd.brief()).toEqual([3, 1, 'b']);
    await first.shimd.end();
    await second.shimd.send(response(3, 'again'));
    expect([await peer.brief(), await peer.brief()]).toEqual([
      [1, 2, 'whole'],
      [3, 2, 'again'],
    ]);
  });

  it('comes by UNRELAY, after what shimd had sent', async () => {
    const { client, dial } = await relaying(keepers);
    const [peer, other] = [await dial(), await dial()];
    const [first, second] = [await serve(client), await serve(client)];
    await first.shimd.send(response(1, 'last'));
    await client.unrelay(first.id);
    expect([await peer.brief(), await peer.brief(), await first.shimd.brief()]).toEqual([[1, 2, 'last'], 'end', 'end']);
    await expect(client.unrelay(first.id)).rejects.toMatchObject({ errno: errno.ENOENT, where: 'connection' });
    await other.send(request(1, 'on'));
    expect(await second.shimd.brief()).toEqual([1, 1, 'on']);
  });

  it.each([
    ['closes', (peer: FrameSocket) => peer.socket.destroy()],
    ['closes one way', (peer: FrameSocket) => peer.socket.end()],
  ])('is told to shimd when the client %s, after its whole frames', async (_name, leave) => {
    const { client, dial } = await relaying(keepers);
    const peer = await dial();
    const { shimd } = await serve(client);
    await peer.send(request(1, 'a'), request(3, 'whole'), request(5, 'torn').subarray(0, 13));
    leave(peer);
    expect([await shimd.brief(), await shimd.brief(), await shimd.brief()]).toEqual([
      [1, 1, 'a'],
      [3, 1, 'whole'],
      'end',
    ]);
    expect(shimd.torn).toBe(0);
    await peer.end();
    // Nothing is kept of it.
    await client.hello(4);
    await dial();
    expect((await serve(client)).id).toBe(2n);
  });

  it('loses nothing of a large frame that is on its way to shimd when the client closes', async () => {
    const { client, dial } = await relaying(keepers);
    const peer = await dial();
    const { fd } = await client.relayed();
    const large = Buffer.alloc(2_000_000, 'x');
    await peer.send(request(1, large), request(3, large));
    await peer.kill();
    const shimd = closing(FrameSocket.of(fd));
    const frames = [await shimd.next(), await shimd.next()];
    expect(frames.map((frame) => frame?.payload.equals(large))).toEqual([true, true]);
    expect([await shimd.brief(), shimd.torn]).toEqual(['end', 0]);
  });

  it('is told to a shimd that reads no more before its answers are taken, which the client did not', async () => {
    const { client, dial } = await relaying(keepers);
    const peer = await dial();
    peer.socket.pause();
    const { shimd } = await serve(client);
    shimd.socket.pause();
    const large = Buffer.alloc(2_000_000, 'x');
    const asked = peer.send(request(1, large), request(3, large), request(5, 'last'));
    await asked;
    const answered = shimd.send(response(1, large), response(3, large));
    await peer.kill();
    await answered;
    shimd.socket.resume();
    expect([(await shimd.next())?.stream, (await shimd.next())?.stream]).toEqual([1, 3]);
    expect([await shimd.brief(), await shimd.brief()]).toEqual([[5, 1, 'last'], 'end']);
  });

  it('happens without a shimd too, and the next hears nothing of it', async () => {
    const { client, path, dial } = await relaying(keepers);
    const { pid } = keepers.current();
    const peer = await dial();
    await serve(client);
    client.crashShimd(1);
    await peer.send(request(1, 'a'));
    await peer.kill();
    const late = await dial();
    const next = await keepers.current().connect();
    await next.hello(4);
    expect((await serve(next)).id).toBe(2n);
    await late.kill();
    await until(() => !Object.values(descriptorsOf(pid)).includes(path));
  });

  it('does not come with DROP of its listener, which ends accepting', async () => {
    const { client, path, dial } = await relaying(keepers);
    const peer = await dial();
    const { shimd } = await serve(client);
    await client.drop('listener');
    await expect(FrameSocket.connect(path)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await expect(client.relay('listener')).rejects.toMatchObject({ errno: errno.ENOENT, where: 'key' });
    await peer.send(request(1, 'a'));
    expect(await shimd.brief()).toEqual([1, 1, 'a']);
  });

  it('another listener under the key is relayed only when that is asked for', async () => {
    const { client, path, dial } = await relaying(keepers);
    const peer = await dial();
    const { shimd } = await serve(client);
    const other = join(keepers.current().directory, 'other');
    await holdListener(client, other, 'listener');
    await expect(FrameSocket.connect(path)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    const waiting = closing(await FrameSocket.connect(other));
    await waiting.send(request(1, 'waits'));
    await peer.send(request(1, 'a'));
    expect(await shimd.brief()).toEqual([1, 1, 'a']);
    await client.relay('listener');
    expect(await (await serve(client)).shimd.brief()).toEqual([1, 1, 'waits']);
  });

  it('RELAY twice is OK, and relays once; relays go on over the death of shimd', async () => {
    const { client, dial } = await relaying(keepers);
    await client.relay('listener');
    const next = await restarted(keepers, client);
    await next.relay('listener');
    const peer = await dial();
    await peer.send(request(1, 'a'));
    expect(await (await serve(next)).shimd.brief()).toEqual([1, 1, 'a']);
    await next.hello(4);
    expect((await serve(next)).id).toBe(1n);
    expect(next.unread).toEqual([]);
  });

  it('RELAY is refused of what is no listening stream socket, or could block', async () => {
    const { client } = await relaying(keepers);
    const ends = [...native.seqpacketPair(), ...native.pipe(true)];
    const packets = native.seqpacketListen(join(keepers.current().directory, 'packets'), 0o600, 4);
    for (const fd of [...ends, packets]) {
      await client.hold('other', fd);
      await expect(client.relay('other')).rejects.toMatchObject({ errno: errno.EINVAL, where: 'relay' });
      closeSync(fd);
    }
    await expect(client.relay('none')).rejects.toMatchObject({ errno: errno.ENOENT, where: 'key' });
  });

  it('QUIT is granted with connections open; what shimd sent last still comes', async () => {
    const { client, dial } = await relaying(keepers);
    const [peer, idle] = [await dial(), await dial()];
    const { shimd } = await serve(client);
    await serve(client);
    await peer.send(request(1, 'shutdown'));
    await shimd.next();
    const { pid } = keepers.current();
    await client.quit();
    process.kill(pid, 'SIGSTOP');
    await shimd.send(response(1, 'bye'));
    client.crashShimd(0);
    process.kill(pid, 'SIGCONT');
    expect(await keepers.current().ended()).toBe(0);
    expect([await peer.brief(), await peer.brief(), await idle.brief()]).toEqual([[1, 2, 'bye'], 'end', 'end']);
  });

  it('TERM is no other', async () => {
    const { client, dial } = await relaying(keepers);
    const peer = await dial();
    await serve(client);
    keepers.current().signal(signals.SIGTERM);
    expect(await keepers.current().ended()).toBe(0);
    expect(await peer.brief()).toBe('end');
  });

  it('leaks no descriptor, however connections end', async () => {
    const { client, dial } = await relaying(keepers);
    const { pid } = keepers.current();
    const before = Object.values(descriptorsOf(pid)).length;
    for (let i = 0; i < 10; i++) {
      const peers = [await dial(), await dial(), await dial()];
      const served = [await serve(client), await serve(client), await serve(client)];
      await Promise.all(peers.map((peer) => peer.send(request(1, 'a'), request(3, 'b').subarray(0, i))));
      await peers[0]?.kill();
      await served[1]?.shimd.kill();
      await peers[1]?.kill();
      await client.unrelay(served[2]?.id ?? 0n);
      await Promise.all(served.map(({ shimd }) => shimd.end()));
    }
    await until(() => Object.values(descriptorsOf(pid)).length === before);
    expect(client.unread).toEqual([]);
  });

  it.skipIf(process.getuid?.() !== 0)('a peer of another user is refused (only root can play one)', async () => {
    const { client, dial } = await relaying(keepers);
    const open = join(keepers.current().directory, 'open');
    const listener = native.streamListen(open, 0o666, 4);
    chmodSync(keepers.current().directory, 0o711);
    await client.hold('open', listener);
    closeSync(listener);
    await client.relay('open');
    const options = { uid: 65534, gid: 65534, cwd: '/', encoding: 'utf8' } as const;
    expect(execFileSync(process.execPath, ['-e', AS_NOBODY, open], options)).toBe('closed\n');
    const mine = connect(open);
    await dial();
    expect([(await serve(client)).listener, (await serve(client)).listener]).toEqual(['open', 'listener']);
    mine.destroy();
  });
});
