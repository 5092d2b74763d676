import { closeSync } from 'node:fs';
import { constants } from 'node:os';
import { describe, expect, it } from 'vitest';
import { native } from '@holdfast/native';
import { childrenOf } from '../support/children-of.js';
import { VARIANTS } from '../support/binaries.js';
import { useKeepers } from '../support/use-keepers.js';
import { outputOf } from '../support/output-of.js';
import { packet, Request, str } from '../support/wire.js';

describe.each(VARIANTS)('exits (%s)', (variant) => {
  const keepers = useKeepers(variant);

  it('reports every exit code as waitpid does', async () => {
    const client = await keepers.ready();
    for (const code of [0, 1, 2, 37, 126, 127, 128, 137, 255]) {
      const { pid } = await client.spawn({ argv: ['sh', '-c', `exit ${code}`], tag: `code ${code}` });
      expect(await client.exitOf(pid)).toMatchObject({ status: code << 8, tag: `code ${code}` });
    }
  });

  it.each(['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGUSR1', 'SIGPIPE'] as const)('reports death by %s', async (signal) => {
    const client = await keepers.ready();
    const { pid } = await client.spawn({ argv: ['sleep', '100'] });
    process.kill(pid, signal);
    expect((await client.exitOf(pid)).status & 0x7f).toBe(constants.signals[signal]);
  });

  it('stamps an exit with the time of day in nanoseconds', async () => {
    const client = await keepers.ready();
    const before = native.realtime();
    const { pid } = await client.spawn({ argv: ['true'] });
    const { time } = await client.exitOf(pid);
    expect(time).toBeGreaterThanOrEqual(before);
    expect(time).toBeLessThanOrEqual(native.realtime());
  });

  it('adopts a grandchild whose parents have gone, and reports its exit with start time and an empty tag', async () => {
    const client = await keepers.ready();
    // The subshell's background child outlives both shells.
    const script = '(sh -c "sleep 0.2; exit 41" >/dev/null & echo $!)';
    const pid = Number(await outputOf(client, { argv: ['sh', '-c', script], tag: 'parent' }));
    const exit = await client.exitOf(pid);
    expect(exit).toMatchObject({ pid, status: 41 << 8, tag: '' });
    expect(exit.startTime).toBeGreaterThan(0n);
  });

  it('leaves no zombie, however many end at once', async () => {
    const client = await keepers.ready();
    const script = 'for i in 1 2 3 4 5 6 7 8 9 10; do (sleep 0.1 &) ; done; exec sleep 0.1';
    const { pid } = await client.spawn({ argv: ['sh', '-c', script] });
    const pids = new Set<number>();
    while (pids.size < 11) pids.add((await client.anyExit()).pid);
    expect(pids.has(pid)).toBe(true);
    expect(childrenOf(keepers.current().pid)).toEqual([client.shimdPid]);
  });

  it('replays exits that were not acknowledged, in order, to the next shimd', async () => {
    const client = await keepers.ready();
    const seqs: bigint[] = [];
    for (const tag of ['a', 'b', 'c', 'd']) {
      const { pid } = await client.spawn({ argv: ['true'], tag });
      seqs.push((await client.exitOf(pid)).seq);
    }
    client.ack(seqs[1] ?? -1n);
    const running = await client.spawn({ argv: ['sleep', '100'], tag: 'running' });
    client.crashShimd(3);
    const next = await keepers.current().connect();
    const greeting = await next.hello();
    expect(greeting).toMatchObject({ version: 1, keeper: keepers.current().pid, restarts: 1 });
    expect(greeting.exits.map(({ tag, seq }) => [tag, seq])).toEqual([
      ['a', seqs[0]],
      ['c', seqs[2]],
      ['d', seqs[3]],
    ]);
    expect(greeting.children).toEqual([{ ...running, tag: 'running' }]);
    process.kill(running.pid, 'SIGKILL');
    expect(await next.exitOf(running.pid)).toMatchObject({ tag: 'running', status: 9 });
  });

  it('remembers an exit that happened while no shimd was connected', async () => {
    const client = await keepers.ready();
    const { pid } = await client.spawn({ argv: ['sh', '-c', 'sleep 0.1; exit 9'], tag: 'orphan' });
    client.crashShimd(0);
    const next = await keepers.current().connect();
    const { exits } = await next.hello();
    const exit = exits.find((candidate) => candidate.pid === pid) ?? (await next.exitOf(pid));
    expect(exit).toMatchObject({ status: 9 << 8, tag: 'orphan' });
  });

  it('starts over on a second HELLO', async () => {
    const client = await keepers.ready();
    const { pid } = await client.spawn({ argv: ['true'], tag: 'twice' });
    const exit = await client.exitOf(pid);
    expect((await client.hello()).exits).toEqual([exit]);
    client.ack(exit.seq);
    expect((await client.hello()).exits).toEqual([]);
  });

  it('ignores an acknowledgement of what it does not know', async () => {
    const client = await keepers.ready();
    const { pid } = await client.spawn({ argv: ['true'] });
    const exit = await client.exitOf(pid);
    client.ack(exit.seq + 1000n);
    expect((await client.hello()).exits).toEqual([exit]);
  });

  it('carries out what shimd asked for just before it died', async () => {
    const client = await keepers.ready();
    const { pid } = await client.spawn({ argv: ['true'] });
    const { seq } = await client.exitOf(pid);
    const [read, write] = native.pipe(false);
    process.kill(keepers.current().pid, 'SIGSTOP');
    client.sendRaw(packet(Request.HOLD, 1, str('last')), [read]);
    client.ack(seq);
    process.kill(client.shimdPid, 'SIGKILL');
    client.close();
    process.kill(keepers.current().pid, 'SIGCONT');
    const next = await keepers.current().connect();
    expect(await next.hello()).toMatchObject({ held: ['last'], exits: [], restarts: 1 });
    closeSync(read);
    closeSync(write);
  });
});
