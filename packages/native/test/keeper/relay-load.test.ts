import { closeSync, writeSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { VARIANTS } from '../support/binaries.js';
import { descriptorsOf, idle, peakMemoryOf } from '../support/children-of.js';
import { FrameSocket } from '../support/frame-socket.js';
import { MAX_PAYLOAD, request, response } from '../support/frames.js';
import { closing, relaying, restarted, serve } from '../support/relays.js';
import { until } from '../support/until.js';
import { useKeepers } from '../support/use-keepers.js';

const MIB = 1024 * 1024;
const MOST = 1024;
const KEPT_KIB = 8 * 1024;

/** Writes until the socket takes no more; returns how much it took. */
function fill(fd: number, bytes: Buffer): number {
  let written = 0;
  try {
    while (written < bytes.length) written += writeSync(fd, bytes, written);
  } catch (error) {
    expect((error as NodeJS.ErrnoException).code).toBe('EAGAIN');
  }
  return written;
}

// The sanitizer keeps what was freed: memory is measured without it.
describe.each(VARIANTS)('relays under load (%s)', (variant) => {
  const keepers = useKeepers(variant);

  it('a thousand connections ask at once, over the death of shimd', async () => {
    const { client, dial } = await relaying(keepers);
    const { pid } = keepers.current();
    const before = Object.keys(descriptorsOf(pid)).length;
    const peers: FrameSocket[] = [];
    for (let i = 0; i < 1000; i++) peers.push(await dial());
    await Promise.all(peers.map((peer, index) => peer.send(request(1, `ask ${index}`), request(3, 'wait'))));
    const first = [];
    for (let i = 0; i < 1000; i++) first.push(await serve(client));
    await Promise.all(first.map(({ shimd }) => shimd.next()));
    await Promise.all(first.map(({ id, shimd }) => shimd.send(response(1, `answer ${id}`))));
    await Promise.all(first.map(({ shimd }) => shimd.kill()));

    const next = await restarted(keepers, client);
    const second = [];
    for (let i = 0; i < 1000; i++) second.push(await serve(next));
    const asked = await Promise.all(second.map(({ shimd }) => shimd.brief()));
    expect(new Set(asked.map((brief) => `${brief[0]} ${brief[2]}`))).toEqual(new Set(['3 wait']));
    await Promise.all(second.map(({ id, shimd }) => shimd.send(response(3, `waited ${id}`))));
    const heard = await Promise.all(peers.map(async (peer) => [await peer.brief(), await peer.brief()]));
    expect(heard).toEqual(peers.map((_peer, i) => [[1, 2, `answer ${i + 1}`], [3, 2, `waited ${i + 1}`]])); // prettier-ignore
    await Promise.all(peers.map((peer) => peer.kill()));
    await Promise.all(second.map(({ shimd }) => shimd.end()));
    await until(() => Object.keys(descriptorsOf(pid)).length === before);
  });

  it('one connection too many is closed at once, and there is room when another has gone', async () => {
    const { client, dial } = await relaying(keepers);
    const { pid } = keepers.current();
    const peers: FrameSocket[] = [];
    for (let i = 0; i < MOST; i++) {
      peers.push(await dial());
      closeSync((await client.relayed()).fd);
    }
    expect([await (await dial()).brief(), await (await dial()).brief()]).toEqual(['end', 'end']);
    expect(keepers.current().log.match(/one more than 1024 connections/g)).toHaveLength(1);
    const before = Object.keys(descriptorsOf(pid)).length;
    await peers[7]?.kill();
    await until(() => Object.keys(descriptorsOf(pid)).length < before);
    const late = await dial();
    const { id, shimd } = await serve(client);
    await late.send(request(1, 'room'));
    expect([id, await shimd.brief()]).toEqual([BigInt(MOST + 1), [1, 1, 'room']]);
  });

  it('a client that reads nothing costs one frame and no CPU, and holds up nobody else', async () => {
    const { client, dial } = await relaying(keepers);
    const { pid } = keepers.current();
    const [slow, other] = [await dial(), await dial()];
    const [{ fd }, second] = [await client.relayed(), await serve(client)];
    slow.socket.pause();
    await slow.send(request(1, 'a'), request(3, 'b'));
    const large = Buffer.alloc(MIB, 'x');
    const answers = Buffer.concat([response(1, large), response(3, large), response(5, large)]);
    const memory = peakMemoryOf(pid);
    let taken = 0;
    await until(() => {
      const more = fill(fd, answers.subarray(taken));
      taken += more;
      return more === 0;
    });
    expect(taken).toBeLessThan(2.5 * MIB);
    if (variant === 'release') expect(peakMemoryOf(pid) - memory).toBeLessThan(3 * 1024);
    await idle(pid);
    await other.send(request(1, 'fast'));
    expect(await second.shimd.brief()).toEqual([1, 1, 'fast']);
    closeSync(fd);
    await idle(pid);

    // The first answer is half in its socket: it must not be asked for again.
    const next = await restarted(keepers, client);
    expect((await serve(next)).id).toBe(second.id);
    await idle(pid);
    slow.socket.resume();
    const heard = [await slow.next()];
    if (taken >= 2 * large.length + 20) heard.push(await slow.next());
    expect(heard.map((frame) => frame?.payload.equals(large))).toEqual(heard.map(() => true));
    const { shimd } = await serve(next);
    if (heard.length === 1) expect(await shimd.brief()).toEqual([3, 1, 'b']);
    await slow.send(request(7, 'next'));
    expect(await shimd.brief()).toEqual([7, 1, 'next']);
    expect([slow.unread, slow.torn]).toEqual([[], 0]);
  });

  it('a client that asks more than is kept waits for answers', async () => {
    const { client, dial } = await relaying(keepers);
    const { pid } = keepers.current();
    const peer = await dial();
    const { shimd } = await serve(client);
    const memory = peakMemoryOf(pid);
    const calls = 16;
    const asked = Array.from({ length: calls }, (_, i) => request(2 * i + 1, Buffer.alloc(MIB, i)));
    const sent = peer.send(...asked);
    // Eight are a little over 8 MiB with their headers.
    for (let i = 0; i < 8; i++) expect((await shimd.next())?.stream).toBe(2 * i + 1);
    await idle(pid);
    expect(shimd.unread).toEqual([]);
    for (let i = 0; i < calls; i++) {
      await shimd.send(response(2 * i + 1));
      expect((await peer.next())?.stream).toBe(2 * i + 1);
      if (i + 8 < calls) expect((await shimd.next())?.stream).toBe(2 * (i + 8) + 1);
    }
    await sent;
    if (variant === 'release') expect(peakMemoryOf(pid) - memory).toBeLessThan(2 * KEPT_KIB);
  });

  it('small requests count with what they cost', async () => {
    const { client, dial } = await relaying(keepers);
    const { pid } = keepers.current();
    await client.hello(3);
    const peer = await dial();
    const memory = peakMemoryOf(pid);
    const burst = Buffer.concat(Array.from({ length: 1000 }, (_, i) => request(2 * i + 1)));
    for (let i = 0; i < 400; i++) peer.socket.write(burst);
    await idle(pid);
    expect(peer.socket.writableLength).toBeGreaterThan(0);
    if (variant === 'release') expect(peakMemoryOf(pid) - memory).toBeLessThan(2 * KEPT_KIB);
    // A client that is not read from is missed all the same.
    const before = Object.keys(descriptorsOf(pid)).length;
    peer.socket.destroy();
    await until(() => Object.keys(descriptorsOf(pid)).length < before);
  });

  it('a shimd that reads nothing costs no CPU, and its answer to half a request is passed on', async () => {
    const { client, dial } = await relaying(keepers);
    const { pid } = keepers.current();
    const peer = await dial();
    const { fd } = await client.relayed();
    const large = Buffer.alloc(MAX_PAYLOAD, 'x');
    await peer.send(request(1, large), request(3, 'small'));
    await idle(pid);
    writeSync(fd, response(1, 'no, thanks'));
    expect(await peer.brief()).toEqual([1, 2, 'no, thanks']);
    const shimd = closing(FrameSocket.of(fd));
    expect((await shimd.next())?.payload.equals(large)).toBe(true);
    expect(await shimd.brief()).toEqual([3, 1, 'small']);
    await client.hello(4);
    expect(await (await serve(client)).shimd.brief()).toEqual([3, 1, 'small']);
  });

  it('clients that come and go at once leave nothing', async () => {
    const { client, dial } = await relaying(keepers);
    const { pid } = keepers.current();
    const before = Object.keys(descriptorsOf(pid)).length;
    for (let round = 0; round < 20; round++) {
      const peers = await Promise.all(Array.from({ length: 20 }, () => dial()));
      peers.forEach((peer, index) => {
        peer.socket.write(request(1, 'asked').subarray(0, index));
        peer.socket.destroy();
      });
      if (round % 5 === 4) await client.hello(round % 2 === 0 ? 4 : 3);
    }
    await until(() => Object.keys(descriptorsOf(pid)).length === before);
    for (const { fds } of client.unread) fds.forEach((fd) => closeSync(fd));
  });
});
