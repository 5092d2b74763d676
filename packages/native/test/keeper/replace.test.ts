import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { describe, expect, it } from 'vitest';
import type { KeeperClient } from '../keeper-client.js';
import { VARIANTS } from '../support/binaries.js';
import { relayPath } from '../support/relay.js';
import { until } from '../support/until.js';
import { useKeepers } from '../support/use-keepers.js';

const { errno } = constants;
/** Not in Node's table. */
const ESHUTDOWN = 108;
const NEVER = 0;
const ON_TRIAL = 1;
const SERVES = 2;
const FAILED = 3;

function commandLine(pid: number): string[] {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
}

function environment(pid: number): string[] {
  return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').slice(0, -1).sort();
}

describe.each(VARIANTS)('a shimd in place of another (%s)', (variant) => {
  const keepers = useKeepers(variant);

  /** A session that knows of replacements. */
  async function first(): Promise<KeeperClient> {
    const client = await keepers.ready();
    expect((await client.hello(2)).replacement).toEqual({ count: 0, outcome: NEVER, status: 0, tag: '' });
    client.serving();
    return client;
  }

  it('is started when the one before has gone, with its own arguments and environment', async () => {
    const client = await first();
    await client.replace('up', [relayPath(), 'a b', ''], { env: ['A=1', 'PATH=/bin'] });
    client.crashShimd(0);
    const next = await keepers.current().connect();
    expect(await next.hello(2)).toMatchObject({
      restarts: 1,
      replacement: { count: 0, outcome: ON_TRIAL, status: 0, tag: 'up' },
    });
    expect(commandLine(next.shimdPid)).toEqual([relayPath(), 'a b', '']);
    expect(environment(next.shimdPid)).toEqual(['A=1', `HOLDFAST_KEEPER=${keepers.current().pid}`, 'PATH=/bin']);
  });

  it('stays once it serves: what dies then is started again as it was', async () => {
    const client = await first();
    await client.replace('up', [relayPath(), 'new']);
    client.crashShimd(0);
    const second = await keepers.current().connect();
    await second.hello(2);
    second.serving();
    second.crashShimd(1);
    const third = await keepers.current().connect();
    expect(await third.hello(2)).toMatchObject({
      restarts: 2,
      replacement: { count: 1, outcome: SERVES, status: 0, tag: 'up' },
    });
    expect(commandLine(third.shimdPid)).toEqual([relayPath(), 'new']);
  });

  it('is replaced again and again', async () => {
    let client = await first();
    for (let round = 1; round <= 20; round++) {
      await client.replace(`r${round}`, [relayPath(), 'x'.repeat(round * 1000)]);
      client.crashShimd(0);
      client = await keepers.current().connect();
      await client.hello(2);
      client.serving();
      expect(commandLine(client.shimdPid)[1]).toHaveLength(round * 1000);
    }
    expect((await client.hello(2)).replacement?.count).toBe(20);
  });

  it.each([
    ['exits before it serves', ['/bin/sh', '-c', 'exit 7'], 7 << 8],
    ['can not be executed', ['/no/such/program'], 127 << 8],
    ['kills itself', ['/bin/sh', '-c', 'kill -9 $$'], 9],
  ])('gives way to the one before if it %s', async (_what, argv, status) => {
    const client = await first();
    const before = commandLine(client.shimdPid);
    await client.replace('bad', argv);
    client.crashShimd(0);
    const next = await keepers.current().connect();
    expect((await next.hello(2)).replacement).toEqual({ count: 0, outcome: FAILED, status, tag: 'bad' });
    expect(commandLine(next.shimdPid)).toEqual(before);
  });

  it('gives way if it does not serve in time', async () => {
    const client = await first();
    const before = commandLine(client.shimdPid);
    await client.replace('slow', ['/bin/sleep', '600'], { patienceMs: 50 });
    client.crashShimd(0);
    const next = await keepers.current().connect();
    expect((await next.hello(2)).replacement).toEqual({ count: 0, outcome: FAILED, status: 9, tag: 'slow' });
    expect(commandLine(next.shimdPid)).toEqual(before);
    await next.replace('again', [relayPath(), 'good']);
  });

  it('takes over even if the one before was killed right after it had asked', async () => {
    const client = await first();
    const [pid, before] = [client.shimdPid, keepers.current().pid];
    process.kill(before, 'SIGSTOP');
    const asked = client.replace('last', [relayPath(), 'new']).catch(() => 'no answer');
    process.kill(pid, 'SIGKILL');
    process.kill(before, 'SIGCONT');
    const next = await keepers.current().connect();
    expect((await next.hello(2)).replacement).toMatchObject({ outcome: ON_TRIAL, tag: 'last' });
    client.close();
    await Promise.race([asked, next.hello(2)]);
  });

  it('is refused while another waits or is on trial', async () => {
    const client = await first();
    await client.replace('one', [relayPath()]);
    await expect(client.replace('two', [relayPath()])).rejects.toMatchObject({ errno: errno.EBUSY, where: 'replace' });
    client.crashShimd(0);
    const next = await keepers.current().connect();
    await next.hello(2);
    await expect(next.replace('three', [relayPath()])).rejects.toMatchObject({ errno: errno.EBUSY });
    next.serving();
    await next.replace('four', [relayPath()]);
  });

  it('is refused after QUIT', async () => {
    const client = await first();
    await client.quit();
    await expect(client.replace('late', [relayPath()])).rejects.toMatchObject({ errno: ESHUTDOWN });
  });

  it('is unknown to a session of version 1', async () => {
    const client = await keepers.ready();
    await expect(client.replace('up', [relayPath()])).rejects.toMatchObject({ errno: errno.EPROTO, where: 'type' });
  });

  it('needs not say that it serves if it speaks version 1', async () => {
    const client = await first();
    await client.replace('old', [relayPath(), 'old'], { patienceMs: 60_000 });
    client.crashShimd(0);
    const next = await keepers.current().connect();
    await next.hello(1);
    expect((await next.hello(2)).replacement).toMatchObject({ count: 1, outcome: SERVES });
  });

  it('lets children and held descriptors be', async () => {
    const client = await first();
    const child = await client.spawn({ tag: 'stays', argv: ['sleep', '600'] });
    await client.replace('up', [relayPath(), 'new']);
    client.crashShimd(0);
    const next = await keepers.current().connect();
    expect((await next.hello(2)).children).toEqual([{ ...child, tag: 'stays' }]);
    process.kill(child.pid, 'SIGKILL');
    expect((await next.exitOf(child.pid)).status).toBe(9);
    await until(() => keepers.current().log.includes('exited with 0'));
    expect(keepers.current().log).not.toContain('the one before it is started again');
  });
});
