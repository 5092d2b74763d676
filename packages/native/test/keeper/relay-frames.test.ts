import { describe, expect, it } from 'vitest';
import { VARIANTS } from '../support/binaries.js';
import { peakMemoryOf } from '../support/children-of.js';
import { frame, FrameType, header, MAX_PAYLOAD, request, response } from '../support/frames.js';
import { relaying, restarted, serve } from '../support/relays.js';
import { useKeepers } from '../support/use-keepers.js';

const { REQUEST, RESPONSE, DATA } = FrameType;
const [CLOSED, OPEN, NO_DATA, OVERSIZED] = [1, 2, 4, 0x80];

describe.each(VARIANTS)('frames through the keeper (%s)', (variant) => {
  const keepers = useKeepers(variant);

  it('go on whole however they are cut, over a shimd that died at any byte of the answer', async () => {
    const { client: first, dial } = await relaying(keepers);
    let client = first;
    const answer = response(1, 'twelve bytes');
    const peer = await dial();
    for (let cut = 0; cut <= answer.length; cut++) {
      const { shimd } = await serve(client);
      await peer.send(request(1, `${cut}`));
      expect(await shimd.brief()).toEqual([1, 1, `${cut}`]);
      await shimd.send(answer.subarray(0, cut));
      await shimd.kill();
      client = await restarted(keepers, client);
      if (cut < answer.length) {
        const again = await serve(client);
        expect(await again.shimd.brief()).toEqual([1, 1, `${cut}`]);
        await again.shimd.send(answer);
        await again.shimd.kill();
        await client.hello(4);
      }
      expect(await peer.brief()).toEqual([1, 2, 'twelve bytes']);
    }
    await serve(client);
    expect([peer.torn, peer.unread]).toEqual([0, []]);
  });

  it('go on whole over a shimd that died at any byte of the request', async () => {
    const { client, dial } = await relaying(keepers);
    const peer = await dial();
    const asked = request(1, 'twelve bytes');
    for (let cut = 0; cut <= asked.length; cut++) {
      const { shimd } = await serve(client);
      await peer.send(asked.subarray(0, cut));
      await shimd.kill();
      await client.hello(4);
      const next = await serve(client);
      await peer.send(asked.subarray(cut));
      expect(await next.shimd.brief()).toEqual([1, 1, 'twelve bytes']);
      await next.shimd.send(response(1, `${cut}`));
      expect(await peer.brief()).toEqual([1, 2, `${cut}`]);
      await next.shimd.kill();
      await client.hello(4);
    }
    await serve(client);
    expect(peer.torn).toBe(0);
  });

  it('of 4 MiB go both ways, and again to the next shimd', async () => {
    const { client, dial } = await relaying(keepers);
    const peer = await dial();
    const large = Buffer.alloc(MAX_PAYLOAD, 'abcdefg');
    const { shimd } = await serve(client);
    await peer.send(request(1, large));
    expect((await shimd.next())?.payload.equals(large)).toBe(true);
    const next = await serve(await restarted(keepers, client));
    expect((await next.shimd.next())?.payload.equals(large)).toBe(true);
    await next.shimd.send(response(1, large));
    expect((await peer.next())?.payload.equals(large)).toBe(true);
  });

  it('of a client over 4 MiB reach shimd as a header alone, and again the next', async () => {
    const { client, dial } = await relaying(keepers);
    const peer = await dial();
    const { shimd } = await serve(client);
    await peer.send(request(1, 'before'), request(3, Buffer.alloc(MAX_PAYLOAD + 1, 'x')), request(5, 'after'));
    expect(await shimd.brief()).toEqual([1, 1, 'before']);
    const oversized = { stream: 3, type: REQUEST, flags: OVERSIZED, payload: Buffer.alloc(0) };
    expect(await shimd.next()).toEqual(oversized);
    expect(await shimd.brief()).toEqual([5, 1, 'after']);
    await shimd.send(response(1), response(5));
    const next = await serve(await restarted(keepers, client));
    expect(await next.shimd.next()).toEqual(oversized);
    await next.shimd.send(response(3, 'too large'));
    expect([await peer.brief(), await peer.brief(), await peer.brief()]).toEqual([
      [1, 2, ''],
      [5, 2, ''],
      [3, 2, 'too large'],
    ]);
  });

  it('of almost 4 GiB take no memory', async () => {
    const { client, dial } = await relaying(keepers);
    const peer = await dial();
    const { shimd } = await serve(client);
    const piece = Buffer.alloc(1024 * 1024);
    const memory = peakMemoryOf(keepers.current().pid);
    await peer.send(header({ length: 0xffff_ffff, stream: 1, type: REQUEST }));
    for (let i = 0; i < 64; i++) await peer.send(piece);
    expect(peakMemoryOf(keepers.current().pid) - memory).toBeLessThan(8 * 1024);
    await peer.kill();
    expect([await shimd.brief(), shimd.torn]).toEqual(['end', 0]);
  });

  it.each([0, RESPONSE, 4, 5, 0x7f, 0x80, 0xff])('of type %d from a client close it', async (type) => {
    const { client, dial } = await relaying(keepers);
    const [peer, other] = [await dial(), await dial()];
    const [first, second] = [await serve(client), await serve(client)];
    await peer.send(request(1, 'before'), frame(3, type, 'garbage'), request(5, 'after'));
    expect([await first.shimd.brief(), await first.shimd.brief()]).toEqual([[1, 1, 'before'], 'end']);
    expect(await peer.brief()).toBe('end');
    await other.send(request(1, 'on'));
    expect(await second.shimd.brief()).toEqual([1, 1, 'on']);
  });

  it.each([
    ['of type 0', frame(1, 0, 'garbage')],
    ['of requests', request(1, 'garbage')],
    ['of type 255', frame(1, 255, 'garbage')],
    ['over 4 MiB', header({ length: MAX_PAYLOAD + 1, stream: 1, type: RESPONSE })],
    ['of data over 4 MiB', header({ length: 0xffff_ffff, stream: 1, type: DATA })],
  ])('%s from shimd close its pair alone, and it is logged', async (_name, bytes) => {
    const { client, dial } = await relaying(keepers);
    const peer = await dial();
    const { shimd } = await serve(client);
    await peer.send(request(1, 'a'), request(3, 'b'));
    await shimd.next();
    await shimd.send(response(3, 'before'), bytes, response(1, 'never'));
    expect(await peer.brief()).toEqual([3, 2, 'before']);
    await shimd.end();
    expect(keepers.current().log).toContain("relay: no server's frame: connection 1 ");
    await client.hello(4);
    const next = await serve(client);
    expect(await next.shimd.brief()).toEqual([1, 1, 'a']);
    await next.shimd.send(response(1, 'after'));
    expect(await peer.brief()).toEqual([1, 2, 'after']);
  });

  it('of random bytes from clients close them alone', async () => {
    const { client, dial } = await relaying(keepers);
    const peers = await Promise.all(Array.from({ length: 8 }, () => dial()));
    const served = await Promise.all(peers.map(() => serve(client)));
    await Promise.all(peers.map((peer, index) => peer.send(Buffer.alloc(100_000, index * 31 + 4))));
    await Promise.all(peers.map((peer) => peer.end()));
    expect(await Promise.all(served.map(({ shimd }) => shimd.brief()))).toEqual(peers.map(() => 'end'));
    expect((await client.hello(4)).keeper).toBe(keepers.current().pid);
  });

  it('of data stay with the request of their stream until the server ends it', async () => {
    const { client, dial } = await relaying(keepers);
    const peer = await dial();
    const first = await serve(client);
    const more = [frame(1, DATA, 'one', OPEN), frame(9, DATA, 'of no stream'), frame(1, DATA, '', CLOSED | NO_DATA)];
    await peer.send(frame(1, REQUEST, 'open', OPEN), request(3, 'unary'), ...more);
    for (let i = 0; i < 5; i++) await first.shimd.next();
    await first.shimd.send(frame(1, DATA, 'reply'), response(3));
    expect([await peer.brief(), await peer.brief()]).toEqual([
      [1, 3, 'reply'],
      [3, 2, ''],
    ]);

    const next = await restarted(keepers, client);
    const second = await serve(next);
    const again = [await second.shimd.next(), await second.shimd.next(), await second.shimd.next()];
    expect(again.map((each) => [each?.stream, each?.flags, each?.payload.toString()])).toEqual([
      [1, OPEN, 'open'],
      [1, OPEN, 'one'],
      [1, CLOSED | NO_DATA, ''],
    ]);
    await second.shimd.send(frame(1, DATA, '', CLOSED | NO_DATA));
    expect(await peer.brief()).toEqual([1, 3, '']);
    await second.shimd.kill();
    await peer.send(request(5, 'last'));
    await next.hello(4);
    expect(await (await serve(next)).shimd.brief()).toEqual([5, 1, 'last']);
  });

  it('that came before any shimd are told in order, and half a frame when it is whole', async () => {
    const { client, dial } = await relaying(keepers);
    await client.hello(3);
    const peer = await dial();
    await peer.send(request(1, 'a'), request(3, 'b'), request(5, 'half').subarray(0, 12));
    await client.hello(4);
    const { shimd } = await serve(client);
    expect([await shimd.brief(), await shimd.brief()]).toEqual([
      [1, 1, 'a'],
      [3, 1, 'b'],
    ]);
    await peer.send(request(5, 'half').subarray(12));
    expect(await shimd.brief()).toEqual([5, 1, 'half']);
  });
});
