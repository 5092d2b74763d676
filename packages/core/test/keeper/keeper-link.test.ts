import { closeSync, fstatSync, openSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { SpawnError, type KeeperExit } from '../../src/keeper/keeper.js';
import { EVENT, REQUEST } from '../../src/keeper/messages.js';
import { PacketWriter } from '../../src/keeper/wire.js';
import { exited, KeeperEnd } from './support.js';

async function greeted(): Promise<KeeperEnd> {
  const keeper = new KeeperEnd();
  await Promise.all([keeper.link.hello(), keeper.greet()]);
  return keeper;
}

/** Answers a HELLO of `version` that it is not spoken. */
async function refuse(keeper: KeeperEnd, version: number): Promise<void> {
  const hello = await keeper.next();
  expect([hello.reader.type, hello.reader.u32()]).toEqual([REQUEST.HELLO, version]);
  keeper.reply(hello, EVENT.ERROR, (packet) => packet.u32(93).str('version'));
}

const ECHO = { tag: 't', argv: ['echo', 'a b'], env: { A: '1' }, cwd: '/', stdio: [0, 1, 2] };

describe('the greeting', () => {
  test('collects children, held keys and exits until READY', async () => {
    const keeper = new KeeperEnd();
    const events = [
      new PacketWriter(EVENT.CHILD, 0).u32(10).u64(11n).str('command'),
      new PacketWriter(EVENT.HELD, 0).str('k/stdout'),
      exited(1n, 20, 256),
    ];
    const [welcome] = await Promise.all([keeper.link.hello(), keeper.greet(events)]);
    expect(welcome).toEqual({
      version: 4,
      pid: 4242,
      restarts: 3,
      replacements: 1,
      replacement: { tag: 'earlier', outcome: 'failed', waitStatus: 9 },
      children: [{ pid: 10, startTime: 11n, tag: 'command' }],
      held: new Set(['k/stdout']),
      exits: [{ seq: 1n, pid: 20, startTime: 99n, waitStatus: 256, time: 1_000n, tag: 'tag' }],
    });
  });

  test('fails if the keeper speaks another version', async () => {
    const keeper = new KeeperEnd();
    const refused = expect(keeper.link.hello()).rejects.toMatchObject({ code: 'SHIM_KEEPER_PROTOCOL' });
    await keeper.greet([], 5);
    await refused;
  });

  test('falls back to version 1 with a keeper that knows no other, and never says that it serves', async () => {
    const keeper = new KeeperEnd();
    const welcome = keeper.link.hello();
    for (const version of [4, 3, 2]) await refuse(keeper, version);
    await keeper.greet([], 1);
    expect(await welcome).toMatchObject({ version: 1, pid: 4242, restarts: 3, replacements: 0 });
    expect((await welcome).replacement).toBeUndefined();
    keeper.link.serving();
    keeper.link.acknowledge(7n);
    expect((await keeper.next()).reader.type).toBe(REQUEST.ACK);
  });

  test('falls back to version 2, says that it serves, and asks for no ACCEPT', async () => {
    const keeper = new KeeperEnd();
    const welcome = keeper.link.hello();
    for (const version of [4, 3]) await refuse(keeper, version);
    await keeper.greet([], 2);
    expect(await welcome).toMatchObject({ version: 2, replacements: 1, replacement: { tag: 'earlier' } });
    await expect(keeper.link.accept('l', 'k')).resolves.toBe(false);
    keeper.link.serving();
    expect((await keeper.next()).reader.type).toBe(REQUEST.SERVING);
  });

  test('fails if the keeper knows not even version 1', async () => {
    const keeper = new KeeperEnd();
    const refused = expect(keeper.link.hello()).rejects.toMatchObject({ code: 'SHIM_KEEPER_PROTOCOL' });
    for (const version of [4, 3, 2, 1]) await refuse(keeper, version);
    await refused;
  });

  test('fails if the keeper refuses it for another reason', async () => {
    const keeper = new KeeperEnd();
    const refused = expect(keeper.link.hello()).rejects.toMatchObject({ code: 'SHIM_KEEPER_PROTOCOL' });
    keeper.reply(await keeper.next(), EVENT.ERROR, (packet) => packet.u32(71).str('body'));
    await refused;
  });

  test('fails if the keeper goes away meanwhile', async () => {
    const keeper = new KeeperEnd();
    const refused = expect(keeper.link.hello()).rejects.toMatchObject({ code: 'SHIM_UNAVAILABLE' });
    keeper.close();
    await refused;
    expect(keeper.lost).toBe(1);
  });
});

describe('spawn', () => {
  test('sends argv, environment, cwd and descriptors and resolves to the process', async () => {
    const keeper = await greeted();
    const spawned = keeper.link.spawn(ECHO);
    const request = await keeper.next();
    const { reader } = request;
    const strs = (): string[] => Array.from({ length: reader.u32() }, () => reader.str());
    expect([reader.type, reader.str(), reader.str(), strs(), strs()]).toEqual([
      REQUEST.SPAWN,
      't',
      '/',
      ['echo', 'a b'],
      ['A=1'],
    ]);
    expect(Array.from({ length: reader.u32() }, () => reader.u32())).toEqual([0, 1, 2]);
    expect(request.fds.map((fd) => fstatSync(fd).ino)).toEqual([0, 1, 2].map((fd) => fstatSync(fd).ino));
    for (const fd of request.fds) closeSync(fd);
    keeper.reply(request, EVENT.SPAWNED, (packet) => packet.u32(77).u64(88n));
    await expect(spawned).resolves.toEqual({ pid: 77, startTime: 88n });
  });

  test('rejects with errno and step', async () => {
    const keeper = await greeted();
    const spawned = keeper.link.spawn({ ...ECHO, stdio: [] });
    keeper.reply(await keeper.next(), EVENT.ERROR, (packet) => packet.u32(2).str('exec'));
    const error: unknown = await spawned.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SpawnError);
    expect(error).toMatchObject({ errno: 2, step: 'exec' });
  });

  test('rejects a command line that fits no packet without sending it', async () => {
    const keeper = await greeted();
    await expect(keeper.link.spawn({ ...ECHO, stdio: [], argv: ['x'.repeat(65536)] })).rejects.toMatchObject({
      code: 'SHIM_INVALID_ARGUMENT',
    });
    keeper.link.acknowledge(9n);
    expect((await keeper.next()).reader.type).toBe(REQUEST.ACK);
  });
});

test('replies find their requests in whatever order they come', async () => {
  const keeper = await greeted();
  const calls = [1, 2, 3].map(() => keeper.link.spawn({ ...ECHO, stdio: [] }));
  const requests = [await keeper.next(), await keeper.next(), await keeper.next()];
  for (const [i, request] of [...requests.entries()].reverse())
    keeper.reply(request, EVENT.SPAWNED, (packet) => packet.u32(i).u64(0n));
  expect((await Promise.all(calls)).map(({ pid }) => pid)).toEqual([0, 1, 2]);
});

test('exits after the greeting reach onExit in order', async () => {
  const keeper = await greeted();
  const pids: number[] = [];
  const third = new Promise<void>((resolve) => {
    keeper.link.onExit = (exit: KeeperExit) => {
      pids.push(exit.pid);
      if (pids.length === 3) resolve();
    };
  });
  for (const pid of [5, 6, 7]) keeper.send(exited(BigInt(pid), pid, 0));
  await third;
  expect(pids).toEqual([5, 6, 7]);
});

test('exits after the greeting that nobody listens to yet are added to the welcome', async () => {
  const keeper = new KeeperEnd();
  const [welcome] = await Promise.all([keeper.link.hello(), keeper.greet([exited(1n, 20, 256)])]);
  keeper.send(exited(2n, 21, 0));
  const later = keeper.link.drop('');
  keeper.reply(await keeper.next(), EVENT.OK);
  await later;
  expect(welcome.exits.map(({ pid }) => pid)).toEqual([20, 21]);
});

test('hold, fetch, drop and quit speak of descriptors by key', async () => {
  const keeper = await greeted();
  const fd = openSync('/dev/null', 'r');
  const held = keeper.link.hold('k', fd);
  const hold = await keeper.next();
  expect([hold.reader.type, hold.reader.str(), hold.fds.length]).toEqual([REQUEST.HOLD, 'k', 1]);
  keeper.reply(hold, EVENT.OK);
  await held;
  const fetched = keeper.link.fetch('k');
  const fetch = await keeper.next();
  keeper.send(new PacketWriter(EVENT.FD, fetch.reader.request), hold.fds);
  const copy = await fetched;
  expect(fstatSync(copy).rdev).toBe(fstatSync(fd).rdev);
  for (const each of [fd, copy, ...hold.fds]) closeSync(each);
});

test('replace sends tag, time, arguments and environment; serving is a message of its own', async () => {
  const keeper = await greeted();
  const asked = keeper.link.replace({ tag: 't', patienceMs: 5, argv: ['/node', 'a b'], env: { A: '1' } });
  const request = await keeper.next();
  const { reader } = request;
  const strs = (): string[] => Array.from({ length: reader.u32() }, () => reader.str());
  expect([reader.type, reader.str(), reader.u32(), strs(), strs()]).toEqual([
    REQUEST.REPLACE,
    't',
    5,
    ['/node', 'a b'],
    ['A=1'],
  ]);
  keeper.reply(request, EVENT.OK);
  await asked;
  const again = keeper.link.replace({ tag: 't', patienceMs: 5, argv: ['/node'], env: {} });
  keeper.reply(await keeper.next(), EVENT.ERROR, (packet) => packet.u32(16).str('replace'));
  await expect(again).rejects.toThrow('errno 16');
  keeper.link.serving();
  expect((await keeper.next()).reader.type).toBe(REQUEST.SERVING);
});

test('accept names the listener and the key of the connection, and rejects if there is none', async () => {
  const keeper = await greeted();
  const accepted = keeper.link.accept('listener', 'connection');
  const request = await keeper.next();
  const { reader } = request;
  expect([reader.type, reader.str(), reader.str()]).toEqual([REQUEST.ACCEPT, 'listener', 'connection']);
  keeper.reply(request, EVENT.OK);
  await expect(accepted).resolves.toBe(true);
  const refused = keeper.link.accept('listener', 'connection');
  keeper.reply(await keeper.next(), EVENT.ERROR, (packet) => packet.u32(11).str('accept'));
  await expect(refused).rejects.toThrow('errno 11');
});

test('what is not held is no error to drop and an error to fetch', async () => {
  const keeper = await greeted();
  const dropped = keeper.link.drop('none');
  keeper.reply(await keeper.next(), EVENT.ERROR, (packet) => packet.u32(2).str('drop'));
  await expect(dropped).resolves.toBeUndefined();
  const fetched = keeper.link.fetch('none');
  keeper.reply(await keeper.next(), EVENT.ERROR, (packet) => packet.u32(2).str('fetch'));
  await expect(fetched).rejects.toMatchObject({
    code: 'SHIM_KEEPER_PROTOCOL',
    message: expect.stringContaining('errno 2') as string,
  });
});

test.each([
  ['true', EVENT.OK, true],
  ['false if it has children', EVENT.ERROR, false],
])('quit resolves to %s', async (_what, type, answer) => {
  const keeper = await greeted();
  const left = keeper.link.quit();
  keeper.reply(await keeper.next(), type, (packet) => packet.u32(16).str('quit'));
  await expect(left).resolves.toBe(answer);
});

test('requests that the socket does not take wait, and go out in order once it does', async () => {
  const keeper = new KeeperEnd({ reads: false });
  void keeper.link.hello().catch(() => undefined);
  const count = 2_000;
  for (let seq = 1n; seq <= count; seq++) keeper.link.acknowledge(seq);
  keeper.read();
  expect((await keeper.next()).reader.type).toBe(REQUEST.HELLO);
  for (let seq = 1n; seq <= count; seq++) expect((await keeper.next()).reader.u64()).toBe(seq);
});

test('the end of the keeper rejects what waits and is told once', async () => {
  const keeper = await greeted();
  const waiting = [keeper.link.drop('a'), keeper.link.quit()].map((call) => call.catch((error: unknown) => error));
  keeper.close();
  for (const error of await Promise.all(waiting)) expect(error).toMatchObject({ code: 'SHIM_UNAVAILABLE' });
  expect(keeper.lost).toBe(1);
});

test('a request to a keeper that has gone is refused, and an acknowledgement is dropped', async () => {
  const keeper = await greeted();
  const waiting = keeper.link.quit().catch((error: unknown) => error);
  keeper.close();
  expect(() => keeper.link.acknowledge(1n)).not.toThrow();
  await waiting;
  await expect(keeper.link.drop('a')).rejects.toMatchObject({ code: 'SHIM_UNAVAILABLE' });
  expect(keeper.lost).toBe(1);
});
