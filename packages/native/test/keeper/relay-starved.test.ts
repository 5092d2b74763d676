import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { VARIANTS } from '../support/binaries.js';
import { descriptorsOf, idle } from '../support/children-of.js';
import { MAX_PAYLOAD, request, response } from '../support/frames.js';
import { relaying, serve } from '../support/relays.js';
import { until } from '../support/until.js';
import { useKeepers } from '../support/use-keepers.js';

function limit(pid: number, resource: string, soft: number | string): void {
  execFileSync('prlimit', ['--pid', `${pid}`, `--${resource}=${soft}:`]);
}

/** What has been closed leaves gaps below the highest descriptor. */
function lowestFree(pid: number): number {
  const open = new Set(Object.keys(descriptorsOf(pid)).map(Number));
  let fd = 0;
  while (open.has(fd)) fd++;
  return fd;
}

describe.each(VARIANTS)('a keeper that lacks something (%s)', (variant) => {
  const keepers = useKeepers(variant);

  it('descriptors: clients wait, those that are there too, and nobody is closed', async () => {
    const { client, dial } = await relaying(keepers);
    const { pid } = keepers.current();
    const peer = await dial();
    await serve(client);
    await peer.send(request(1, 'a'));
    const before = /^Max open files\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/limits`, 'utf8'))?.[1] ?? '';
    await idle(pid);
    limit(pid, 'nofile', lowestFree(pid));
    const waiting = await dial();
    await waiting.send(request(1, 'b'));
    await until(() => keepers.current().log.includes('relay listener: accept: Too many open files'));
    await client.hello(4);
    await idle(pid);
    expect(client.unread).toEqual([]);

    limit(pid, 'nofile', before);
    const served = [await serve(client), await serve(client)].sort((one, other) => Number(one.id - other.id));
    expect(await Promise.all(served.map(({ shimd }) => shimd.brief()))).toEqual([
      [1, 1, 'a'],
      [1, 1, 'b'],
    ]);
    await Promise.all(served.map(({ shimd, id }) => shimd.send(response(1, `${id}`))));
    expect([await peer.brief(), await waiting.brief()]).toEqual([
      [1, 2, '1'],
      [1, 2, '2'],
    ]);
  });

  // The sanitizer has mapped all that it could want.
  it.skipIf(variant === 'asan')('memory: frames wait in both directions', async () => {
    const { client, dial } = await relaying(keepers);
    const { pid } = keepers.current();
    const [asking, answered] = [await dial(), await dial()];
    const [first, second] = [await serve(client), await serve(client)];
    const large = Buffer.alloc(MAX_PAYLOAD, 'x');
    const size = Number(/^VmSize:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
    limit(pid, 'as', size + 256 * 1024);
    const sent = [asking.send(request(1, large)), second.shimd.send(response(1, large))];
    await idle(pid);
    expect([asking.socket.writableLength > 0, second.shimd.socket.writableLength > 0]).toEqual([true, true]);
    expect([first.shimd.torn, answered.torn]).toEqual([0, 0]);
    limit(pid, 'as', 'unlimited');
    await Promise.all(sent);
    expect((await first.shimd.next())?.payload.equals(large)).toBe(true);
    expect((await answered.next())?.payload.equals(large)).toBe(true);
  });
});
