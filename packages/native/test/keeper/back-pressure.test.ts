import { describe, expect, it } from 'vitest';
import { VARIANTS } from '../support/binaries.js';
import { until } from '../support/until.js';
import { useKeepers } from '../support/use-keepers.js';
import { packet, Reply, Request, str, strs, u32 } from '../support/wire.js';
import { native } from '@holdfast/native';
import { childrenOf } from '../support/children-of.js';

describe.each(VARIANTS)('back-pressure (%s)', (variant) => {
  const keepers = useKeepers(variant);

  it('reaps on while shimd reads nothing, and delivers everything in order afterwards', async () => {
    const keeper = await keepers.start();
    const client = await keeper.connect();
    await client.hello();
    client.pause();
    const total = 600;
    const spawn = packet(Request.SPAWN, 1, str('t'.repeat(2000)), str('/'), strs(['/bin/true']), strs([]), u32(0));
    // The socket is full once nobody reads replies: then the keeper reads no further request.
    let sent = 0;
    while (sent < total && native.send(client.control, spawn, [])) sent++;
    await until(() => childrenOf(keeper.pid).length === 1);
    client.resume();
    const seqs: bigint[] = [];
    while (seqs.length < sent) seqs.push((await client.anyExit()).seq);
    expect(seqs).toEqual(Array.from({ length: sent }, (_, index) => BigInt(index + 1)));
    expect(client.unread.filter(({ type }) => type === Reply.SPAWNED)).toHaveLength(sent);
  });
});
