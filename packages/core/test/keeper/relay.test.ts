import { closeSync, fstatSync } from 'node:fs';
import { native } from '@holdfast/native';
import { expect, onTestFinished, test } from 'vitest';
import type { RelayedConnection } from '../../src/keeper/keeper.js';
import { EVENT, REQUEST } from '../../src/keeper/messages.js';
import { PacketWriter } from '../../src/keeper/wire.js';
import { KeeperEnd } from './support.js';

async function greeted(): Promise<KeeperEnd> {
  const keeper = new KeeperEnd();
  await Promise.all([keeper.link.hello(), keeper.greet()]);
  return keeper;
}

/** Tells of a connection; returns the inode of the socket that it sent. */
function tell(keeper: KeeperEnd, id: bigint): number {
  const [mine, theirs] = native.seqpacketPair();
  const { ino } = fstatSync(theirs);
  keeper.send(new PacketWriter(EVENT.RELAYED, 0).u64(id).str('containerd/default'), [theirs]);
  closeSync(theirs);
  onTestFinished(() => closeSync(mine));
  return ino;
}

test('relay names the listener, and rejects if it is none', async () => {
  const keeper = await greeted();
  const relaying = keeper.link.relay('containerd/default');
  const asked = await keeper.next();
  expect([asked.reader.type, asked.reader.str(), asked.fds]).toEqual([REQUEST.RELAY, 'containerd/default', []]);
  keeper.reply(asked, EVENT.OK);
  await expect(relaying).resolves.toBe(true);

  const refused = expect(keeper.link.relay('none')).rejects.toMatchObject({
    code: 'SHIM_KEEPER_PROTOCOL',
    message: expect.stringContaining('relay none: errno 2 at key') as string,
  });
  keeper.reply(await keeper.next(), EVENT.ERROR, (packet) => packet.u32(2).str('key'));
  await refused;
});

test('a keeper of version 3 is not asked to relay', async () => {
  const keeper = new KeeperEnd();
  const welcome = keeper.link.hello();
  keeper.reply(await keeper.next(), EVENT.ERROR, (packet) => packet.u32(93).str('version'));
  await keeper.greet([], 3);
  expect((await welcome).version).toBe(3);
  await expect(keeper.link.relay('l')).resolves.toBe(false);
  const dropped = keeper.link.drop('next');
  const asked = await keeper.next();
  expect(asked.reader.type).toBe(REQUEST.DROP);
  keeper.reply(asked, EVENT.OK);
  await dropped;
});

test('relayed connections come with their sockets, those before anybody listens too', async () => {
  const keeper = await greeted();
  const inodes = [tell(keeper, 1n), tell(keeper, 0xffff_ffff_ffffn)];
  // What answers comes after them.
  const dropped = keeper.link.drop('k');
  keeper.reply(await keeper.next(), EVENT.OK);
  await dropped;
  const seen: RelayedConnection[] = [];
  const third = new Promise<void>((resolve) => {
    keeper.link.onRelayed = (connection) => {
      seen.push(connection);
      if (seen.length === 3) resolve();
    };
  });
  expect(seen.map(({ id }) => id)).toEqual([1n, 0xffff_ffff_ffffn]);
  inodes.push(tell(keeper, 3n));
  await third;
  expect(seen.map(({ fd }) => fstatSync(fd).ino)).toEqual(inodes);
  expect(new Set(seen.map(({ listener }) => listener))).toEqual(new Set(['containerd/default']));
  for (const { fd } of seen) closeSync(fd);
});

test('unrelay names the connection; one that has gone is no error', async () => {
  const keeper = await greeted();
  const ended = keeper.link.unrelay(7n);
  const asked = await keeper.next();
  expect([asked.reader.type, asked.reader.u64()]).toEqual([REQUEST.UNRELAY, 7n]);
  keeper.reply(asked, EVENT.ERROR, (packet) => packet.u32(2).str('connection'));
  await ended;
  const failed = expect(keeper.link.unrelay(8n)).rejects.toMatchObject({ code: 'SHIM_KEEPER_PROTOCOL' });
  keeper.reply(await keeper.next(), EVENT.ERROR, (packet) => packet.u32(71).str('body'));
  await failed;
});
