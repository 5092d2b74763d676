import { constants } from 'node:os';
import { describe, expect, it } from 'vitest';
import { VARIANTS } from '../support/binaries.js';
import { request, response } from '../support/frames.js';
import { relaying, restarted, serve } from '../support/relays.js';
import { useKeepers } from '../support/use-keepers.js';
import { Reply } from '../support/wire.js';

const { errno } = constants;

describe.each(VARIANTS)('a relayed connection (%s)', (variant) => {
  const keepers = useKeepers(variant);

  it('passes frames on, both ways, and the end', async () => {
    const { client, dial } = await relaying(keepers);
    const peer = await dial();
    const { id, listener, shimd } = await serve(client);
    expect([id, listener]).toEqual([1n, 'listener']);
    await peer.send(request(1, 'a'), request(3, ''));
    expect([await shimd.brief(), await shimd.brief()]).toEqual([
      [1, 1, 'a'],
      [3, 1, ''],
    ]);
    await shimd.send(response(3, 'b'), response(1, ''));
    expect([await peer.brief(), await peer.brief()]).toEqual([
      [3, 2, 'b'],
      [1, 2, ''],
    ]);
    await peer.kill();
    expect(await shimd.brief()).toBe('end');
  });

  it('outlives shimd, and what has no answer is asked of the next, in order', async () => {
    const { client, dial } = await relaying(keepers);
    const peer = await dial();
    const first = await serve(client);
    await peer.send(request(1, 'wait'), request(3, 'state'), request(5, 'exec'));
    for (let i = 0; i < 3; i++) await first.shimd.next();
    await first.shimd.send(response(3, 'running'));
    expect(await peer.brief()).toEqual([3, 2, 'running']);
    await first.shimd.kill();

    const second = await serve(await restarted(keepers, client));
    expect(second.id).toBe(first.id);
    expect([await second.shimd.brief(), await second.shimd.brief()]).toEqual([
      [1, 1, 'wait'],
      [5, 1, 'exec'],
    ]);
    await second.shimd.send(response(5, 'b'), response(1, 'a'));
    expect([await peer.brief(), await peer.brief()]).toEqual([
      [5, 2, 'b'],
      [1, 2, 'a'],
    ]);
  });

  it('brings an answer that shimd had sent whole before it died, and does not ask again', async () => {
    const { client, dial } = await relaying(keepers);
    const peer = await dial();
    const { shimd } = await serve(client);
    await peer.send(request(1, 'a'), request(3, 'b'));
    await shimd.next();
    const { pid } = keepers.current();
    process.kill(pid, 'SIGSTOP');
    await shimd.send(response(1, 'whole'), response(3, 'torn').subarray(0, 12));
    await shimd.kill();
    process.kill(pid, 'SIGCONT');
    const next = await serve(await restarted(keepers, client));
    expect(await peer.brief()).toEqual([1, 2, 'whole']);
    expect(await next.shimd.brief()).toEqual([3, 1, 'b']);
    await next.shimd.send(response(3, 'again'));
    expect(await peer.brief()).toEqual([3, 2, 'again']);
  });

  it('is accepted without a shimd, and told of once one says HELLO', async () => {
    const { client, dial } = await relaying(keepers);
    client.crashShimd(1);
    const peer = await dial();
    await peer.send(request(1, 'early'));
    const next = await keepers.current().connect();
    await next.hello(4);
    expect(await (await serve(next)).shimd.brief()).toEqual([1, 1, 'early']);
  });

  it('is not told of to a session of an older version, but lives on', async () => {
    const { client, dial } = await relaying(keepers);
    const peer = await dial();
    const { shimd } = await serve(client);
    await client.hello(3);
    expect(await shimd.brief()).toBe('end');
    await expect(client.relay('listener')).rejects.toMatchObject({ errno: errno.EPROTO, where: 'type' });
    await expect(client.unrelay(1n)).rejects.toMatchObject({ errno: errno.EPROTO, where: 'type' });
    await peer.send(request(1, 'a'));
    expect(client.unread.filter(({ type }) => type === Reply.RELAYED)).toEqual([]);
    await client.hello(4);
    expect(await (await serve(client)).shimd.brief()).toEqual([1, 1, 'a']);
  });
});
