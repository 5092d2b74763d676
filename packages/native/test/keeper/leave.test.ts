import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { describe, expect, it } from 'vitest';
import { VARIANTS } from '../support/binaries.js';
import { outputOf } from '../support/output-of.js';
import { until } from '../support/until.js';
import { useKeepers } from '../support/use-keepers.js';

const { errno, signals } = constants;
/** Not among Node's constants. */
const ESHUTDOWN = 108;

describe.each(VARIANTS)('leaving (%s)', (variant) => {
  const keepers = useKeepers(variant);

  it('goes on QUIT once shimd has exited: sockets unlinked, lock released, code 0', async () => {
    const client = await keepers.ready();
    const keeper = keepers.current();
    await client.quit();
    await expect(client.spawn({ argv: ['true'] })).rejects.toMatchObject({ errno: ESHUTDOWN });
    expect(existsSync(keeper.api)).toBe(true);
    client.crashShimd(0);
    expect(await keeper.ended()).toBe(0);
    expect(existsSync(keeper.api)).toBe(false);
    expect(existsSync(keeper.launch)).toBe(false);
    expect(keeper.lockIsFree()).toBe(true);
  });

  it('refuses QUIT while a spawned program lives, and grants it after', async () => {
    const client = await keepers.ready();
    const { pid } = await client.spawn({ argv: ['sleep', '100'] });
    await expect(client.quit()).rejects.toMatchObject({ errno: errno.EBUSY });
    process.kill(pid, 'SIGKILL');
    client.ack((await client.exitOf(pid)).seq);
    await client.quit();
  });

  it('refuses QUIT while an adopted process lives', async () => {
    const client = await keepers.ready();
    const adopted = Number(await outputOf(client, { argv: ['sh', '-c', 'sleep 100 >/dev/null & echo $!'] }));
    await expect(client.quit()).rejects.toMatchObject({ errno: errno.EBUSY });
    process.kill(adopted, 'SIGKILL');
    client.ack((await client.exitOf(adopted)).seq);
    await client.quit();
  });

  it('refuses QUIT while an exit is not acknowledged, or it would be forgotten', async () => {
    const client = await keepers.ready();
    const { pid } = await client.spawn({ argv: ['true'] });
    const { seq } = await client.exitOf(pid);
    await expect(client.quit()).rejects.toMatchObject({ errno: errno.EBUSY });
    client.ack(seq);
    await client.quit();
  });

  it('ends shimd and goes on TERM if nothing else is left', async () => {
    const client = await keepers.ready();
    const keeper = keepers.current();
    keeper.signal(signals.SIGTERM);
    expect(await keeper.ended()).toBe(0);
    expect(existsSync(`/proc/${client.shimdPid}`)).toBe(false);
    expect(existsSync(keeper.api)).toBe(false);
  });

  it('stays on TERM while a program lives, and on every other signal that it ignores', async () => {
    const client = await keepers.ready();
    const keeper = keepers.current();
    const { pid } = await client.spawn({ argv: ['sleep', '100'] });
    keeper.signal(signals.SIGTERM);
    await until(() => keeper.log.includes('stays: TERM'));
    for (const signal of [
      signals.SIGINT,
      signals.SIGHUP,
      signals.SIGPIPE,
      signals.SIGQUIT,
      signals.SIGUSR1,
      signals.SIGUSR2,
    ])
      keeper.signal(signal);
    expect((await client.hello()).children).toMatchObject([{ pid }]);
    process.kill(pid, 'SIGKILL');
    await client.exitOf(pid);
  });
});
