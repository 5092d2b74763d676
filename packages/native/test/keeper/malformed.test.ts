import { closeSync } from 'node:fs';
import { constants } from 'node:os';
import { describe, expect, it } from 'vitest';
import { native } from '@holdfast/native';
import type { KeeperClient } from '../keeper-client.js';
import { descriptorsOf } from '../support/children-of.js';
import { VARIANTS } from '../support/binaries.js';
import { randomBytesOf } from '../support/random.js';
import { until } from '../support/until.js';
import { useKeepers } from '../support/use-keepers.js';
import { packet, Reply, Request, str, strs, u32, u64 } from '../support/wire.js';

const { errno } = constants;

/** The errno of the ERROR that answers `bytes`. */
async function errorFor(client: KeeperClient, bytes: Buffer, fds: readonly number[] = []): Promise<number> {
  const reply = client.next((message) => message.type === Reply.ERROR);
  expect(client.sendRaw(bytes, fds)).toBe(true);
  return (await reply).body.u32();
}

const spawnBody = [str('tag'), str('/'), strs(['true']), strs([]), u32(0)];
const wholeReplace = packet(Request.REPLACE, 78, str('tag'), u32(9), strs(['/x', 'a']), strs(['A=b']));
const wholeAccept = packet(Request.ACCEPT, 79, str('listener'), str('key'));
const wholeRelay = packet(Request.RELAY, 80, str('listener'));
const wholeUnrelay = packet(Request.UNRELAY, 81, u64(1n));
const wholeSpawn = packet(Request.SPAWN, 77, ...spawnBody);

describe.each(VARIANTS)('malformed packets (%s)', (variant) => {
  const keepers = useKeepers(variant);

  it.each([
    ['an unknown type', packet(99, 5)],
    ['a type of replies', packet(Reply.WELCOME, 5, u32(1))],
    ['a second half-word that is not zero', Buffer.of(7, 0, 1, 0, 5, 0, 0, 0)],
    ['a header cut short', Buffer.of(7, 0, 0)],
    ['an empty packet', Buffer.alloc(0)],
    ['QUIT with a body', packet(Request.QUIT, 5, u32(0))],
    ['ACK without its number', packet(Request.ACK, 5, u32(1))],
    ['ACK with more than its number', packet(Request.ACK, 5, u64(1n), u32(0))],
    ['HOLD without a descriptor', packet(Request.HOLD, 5, str('key'))],
    ['a string longer than the packet', packet(Request.DROP, 5, u32(0xffff_ffff), Buffer.from('x'))],
    ['a string with a null byte', packet(Request.DROP, 5, str('a\0b'))],
    ['SPAWN without arguments', packet(Request.SPAWN, 5, str(''), str('/'), strs([]), strs([]), u32(0))],
    ['SPAWN with a count of strings that lies', packet(Request.SPAWN, 5, str(''), str('/'), u32(0xffff_fff0), u32(0))],
    ['SPAWN with fewer descriptors than targets', packet(Request.SPAWN, 5, ...spawnBody.slice(0, 4), u32(1), u32(3))],
  ])('answers EPROTO to %s and serves on', async (_name, bytes) => {
    const client = await keepers.ready();
    expect(await errorFor(client, bytes)).toBe(errno.EPROTO);
    await client.hello();
  });

  it.each([
    ['a tag that is too long', [str('x'.repeat(256)), u32(1), strs(['/x']), strs([])]],
    ['no time to serve in', [str('t'), u32(0), strs(['/x']), strs([])]],
    ['no arguments', [str('t'), u32(1), strs([]), strs([])]],
    ['a null byte', [str('t'), u32(1), strs(['/x\0y']), strs([])]],
    ['a count of strings that lies', [str('t'), u32(1), strs(['/x']), u32(0xffff_fff0), u32(0)]],
    ['more than its body', [str('t'), u32(1), strs(['/x']), strs([]), u32(0)]],
  ])('answers EPROTO to a REPLACE with %s, and keeps nothing of it', async (_name, body) => {
    const client = await keepers.ready();
    await client.hello(2);
    expect(await errorFor(client, packet(Request.REPLACE, 5, ...body))).toBe(errno.EPROTO);
    expect((await client.hello(2)).replacement).toMatchObject({ outcome: 0, tag: '' });
    await client.replace('right', ['/x']);
  });

  it('answers EPROTO to a REPLACE or SERVING with a descriptor, and to a SERVING with a body', async () => {
    const client = await keepers.ready();
    await client.hello(2);
    const ends = native.pipe(true);
    expect(await errorFor(client, wholeReplace, ends)).toBe(errno.EPROTO);
    expect(await errorFor(client, packet(Request.SERVING, 5), ends)).toBe(errno.EPROTO);
    expect(await errorFor(client, packet(Request.SERVING, 5, u32(1)))).toBe(errno.EPROTO);
    ends.forEach((fd) => closeSync(fd));
  });

  it.each([
    ['one key', [str('listener')], 0],
    ['a listener of a key that is too long', [str('l'.repeat(256)), str('key')], 0],
    ['a key that is too long', [str('listener'), str('k'.repeat(256))], 0],
    ['a null byte', [str('listener'), str('k\0y')], 0],
    ['more than its body', [str('listener'), str('key'), u32(0)], 0],
    ['a descriptor', [str('listener'), str('key')], 1],
  ])('answers EPROTO to an ACCEPT with %s', async (_name, body, descriptors) => {
    const client = await keepers.ready();
    await client.hello(3);
    const ends = native.pipe(true);
    const reply = errorFor(client, packet(Request.ACCEPT, 5, ...body), ends.slice(0, descriptors));
    expect(await reply).toBe(errno.EPROTO);
    expect((await client.hello(3)).held).toEqual([]);
    ends.forEach((fd) => closeSync(fd));
  });

  it.each([
    ['RELAY with a key that is too long', packet(Request.RELAY, 5, str('l'.repeat(256))), 0],
    ['RELAY with more than its body', packet(Request.RELAY, 5, str('listener'), u32(0)), 0],
    ['RELAY with a descriptor', wholeRelay, 1],
    ['UNRELAY with more than its number', packet(Request.UNRELAY, 5, u64(1n), u32(0)), 0],
    ['UNRELAY with a descriptor', wholeUnrelay, 1],
  ])('answers EPROTO to %s', async (_name, bytes, descriptors) => {
    const client = await keepers.ready();
    await client.hello(4);
    const ends = native.pipe(true);
    expect(await errorFor(client, bytes, ends.slice(0, descriptors))).toBe(errno.EPROTO);
    ends.forEach((fd) => closeSync(fd));
  });

  it.each([
    ['two descriptors on one target', [3, 3]],
    ['a target beyond any descriptor', [3, 0xffff_ffff]],
  ])('answers EPROTO to %s', async (_name, targets) => {
    const client = await keepers.ready();
    const ends = native.pipe(true);
    const bytes = packet(Request.SPAWN, 5, ...spawnBody.slice(0, 4), u32(targets.length), ...targets.map(u32));
    expect(await errorFor(client, bytes, ends)).toBe(errno.EPROTO);
    ends.forEach((fd) => closeSync(fd));
  });

  it('refuses a whole request cut at every length', async () => {
    const client = await keepers.ready();
    for (let length = 0; length < wholeSpawn.length; length++)
      expect(await errorFor(client, wholeSpawn.subarray(0, length))).toBe(errno.EPROTO);
    await client.hello(2);
    for (let length = 0; length < wholeReplace.length; length++)
      expect(await errorFor(client, wholeReplace.subarray(0, length))).toBe(errno.EPROTO);
    await client.hello(3);
    for (let length = 0; length < wholeAccept.length; length++)
      expect(await errorFor(client, wholeAccept.subarray(0, length))).toBe(errno.EPROTO);
    await client.hello(4);
    for (const whole of [wholeRelay, wholeUnrelay])
      for (let length = 0; length < whole.length; length++)
        expect(await errorFor(client, whole.subarray(0, length))).toBe(errno.EPROTO);
    await client.hello();
  });

  it('takes 65536 bytes and answers EMSGSIZE to one more', async () => {
    const client = await keepers.ready();
    const room = 65536 - packet(Request.SPAWN, 1, str(''), str('/'), strs(['true', '']), strs([]), u32(0)).length;
    const { pid } = await client.spawn({ argv: ['true', 'x'.repeat(room)], env: [] });
    expect((await client.exitOf(pid)).status).toBe(0);
    await expect(client.spawn({ argv: ['true', 'x'.repeat(room + 1)], env: [] })).rejects.toMatchObject({
      errno: errno.EMSGSIZE,
    });
  });

  it('answers EPROTO before HELLO and tells nothing', async () => {
    const keeper = await keepers.start();
    const client = await keeper.connect();
    expect(await errorFor(client, packet(Request.FETCH, 3, str('key')))).toBe(errno.EPROTO);
    expect(client.unread).toEqual([]);
  });

  it('refuses a version that it does not speak', async () => {
    const client = await keepers.ready();
    expect(await errorFor(client, packet(Request.HELLO, 3, u32(5)))).toBe(errno.EPROTONOSUPPORT);
  });

  it('closes descriptors that come with what it refuses', async () => {
    const client = await keepers.ready();
    const { pid } = keepers.current();
    const before = Object.keys(descriptorsOf(pid)).length;
    const [read, write] = native.pipe(true);
    for (const type of [Request.HELLO, Request.ACK, Request.DROP, Request.FETCH, Request.QUIT, Request.SPAWN, 99])
      await errorFor(client, packet(type, 5), [read, write]);
    await errorFor(client, Buffer.alloc(0), [read]);
    // The keeper opens others for a moment, such as /proc/PID/stat.
    await until(() => Object.keys(descriptorsOf(pid)).length === before);
    closeSync(read);
    closeSync(write);
  });

  it('survives 2000 random and mutated packets', async () => {
    const client = await keepers.ready();
    await client.hello(4);
    const random = randomBytesOf(0x5eed);
    for (let round = 0; round < 2000; round++) {
      const bytes = round % 2 === 0 ? noise(random) : mutation(random);
      // QUIT could be granted, and HELLO replays: neither is an error.
      if (bytes.length >= 2 && [Request.QUIT, Request.HELLO].some((type) => type === bytes.readUInt16LE(0))) continue;
      if (!client.sendRaw(bytes)) await client.next((message) => message.type === Reply.ERROR);
      if (round % 50 === 49) await client.hello(round % 100 === 99 ? 1 : 4);
    }
    expect((await client.hello()).keeper).toBe(keepers.current().pid);
  });
});

/** A header that is valid half of the time, and anything after it. */
function noise(random: (count: number) => Buffer): Buffer {
  const [length = 0, type = 0, valid = 0] = random(3);
  const bytes = random(length);
  return valid < 128 ? packet(type % 14, 1, bytes) : bytes;
}

/** A spawn of nothing, with four bytes changed. */
function mutation(random: (count: number) => Buffer): Buffer {
  const spawn = packet(Request.SPAWN, 1, str('tag'), str('/'), strs(['/no/such', 'b']), strs(['A=b']), u32(0));
  const [which = 0] = random(1);
  const bytes = which < 128 ? spawn : packet(Request.REPLACE, 1, str('tag'), u32(0), strs(['/x']), strs(['A=b']));
  for (let i = 0; i < 4; i++) {
    const [at = 0, value = 0] = random(2);
    bytes[8 + (at % (bytes.length - 8))] = value;
  }
  return bytes;
}
