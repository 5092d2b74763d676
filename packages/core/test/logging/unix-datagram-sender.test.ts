import { closeSync, mkdtempSync, readdirSync, rmSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { native } from '@holdfast/native';
import { DatagramSenders } from '../../src/logging/datagram-senders.js';
import type { DatagramSender, Datagrams } from '../../src/plugin/datagram-sender.js';

const NONE = new Uint8Array(0);
const buffer = Buffer.alloc(1000);
const PAST = 0;
const inMs = (ms: number): number => performance.now() + ms;

/** Datagrams `1`, `2`, … */
function numbers(count: number): Datagrams {
  const text = Array.from({ length: count }, (_, i) => `${i + 1}`);
  const ends = Uint32Array.from(text.map((_, i) => text.slice(0, i + 1).join('').length));
  const spans = new Uint32Array(2 * count);
  return {
    head: NONE,
    fields: Buffer.from(text.join('')),
    fieldEnds: ends,
    bytes: NONE,
    spans,
    tail: NONE,
    from: 0,
    to: count,
  };
}

describe('a sender of datagrams', () => {
  let directory: string;
  let path: string;
  let sender: DatagramSender;
  let receiver: number | undefined;
  let threads: number;
  /** How often a thread was asked to wait. */
  let waits: number;
  let stops: number;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'holdfast-datagrams-'));
    path = join(directory, 'socket');
    threads = waits = stops = 0;
    sender = new DatagramSenders(() => {
      threads++;
      const lane = new native.Lane();
      return {
        send: (...args) => {
          waits++;
          return lane.send(...args);
        },
        stop: () => {
          stops++;
          lane.stop();
        },
      };
    }).forPath(path);
  });
  afterEach(() => {
    sender.close();
    leave();
    rmSync(directory, { recursive: true });
  });

  const listen = (): number => (receiver = native.datagramBind(path, 0o600));
  function leave(): void {
    if (receiver !== undefined) closeSync(receiver);
    receiver = undefined;
  }
  function take(most = Infinity): string[] {
    const texts: string[] = [];
    while (texts.length < most) {
      const got = native.receive(receiver!, buffer);
      if (got === undefined) break;
      texts.push(buffer.toString('latin1', 0, got.length));
    }
    return texts;
  }
  const all = (count: number): string[] => Array.from({ length: count }, (_, i) => `${i + 1}`);

  it('says why it can not connect', () => {
    expect(() => sender.connect()).toThrow(expect.objectContaining({ code: 'ENOENT', path }));
    listen();
    sender.connect();
    leave();
    expect(() => sender.connect()).toThrow(expect.objectContaining({ code: 'ECONNREFUSED' }));
  });

  it('is done at once when there is room', () => {
    listen();
    expect(sender.send(numbers(3), PAST)).toBeUndefined();
    expect(take()).toEqual(all(3));
    expect(threads).toBe(0);
  });

  it('waits for room as long as it must, and loses and doubles none', async () => {
    listen();
    const sending = sender.send(numbers(100), inMs(10_000));
    const received: string[] = [];
    let done = false;
    const sent = sending!.then(() => (done = true));
    while (!done) {
      received.push(...take(3));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await sent;
    expect([...received, ...take()]).toEqual(all(100));
    expect([threads, waits]).toEqual([1, 1]);
  });

  it('gives up at the deadline and says how many were sent', async () => {
    listen();
    const full = sender.send(numbers(50), inMs(50));
    await expect(full).rejects.toMatchObject({ code: 'EAGAIN', sent: expect.any(Number) as number });
    const { sent } = await full!.then(
      () => expect.unreachable(),
      (error: unknown) => error as { sent: number },
    );
    expect(take()).toEqual(all(sent));
    expect(waits).toBe(1);
  });

  it('does not wait when the deadline is over', () => {
    listen();
    expect(() => sender.send(numbers(50), PAST)).toThrow(expect.objectContaining({ code: 'EAGAIN' }));
    leave();
    expect(() => sender.send(numbers(50), PAST)).toThrow(expect.objectContaining({ code: 'ECONNREFUSED', sent: 0 }));
    unlinkSync(path);
    expect(() => sender.send(numbers(50), PAST)).toThrow(expect.objectContaining({ code: 'ENOENT', sent: 0 }));
  });

  it('waits for a receiver that has gone, and sends to the next one what was refused', async () => {
    listen();
    sender.connect();
    leave();
    unlinkSync(path);
    const sending = sender.send(numbers(5), inMs(10_000));
    listen();
    await sending;
    expect(take()).toEqual(all(5));
  });

  it('connects anew by itself when the receiver was replaced between two sends', () => {
    listen();
    sender.connect();
    leave();
    unlinkSync(path);
    listen();
    expect(sender.send(numbers(5), PAST)).toBeUndefined();
    expect(take()).toEqual(all(5));
  });

  it('goes on when the receiver dies while it waits for room', async () => {
    listen();
    const sending = sender.send(numbers(100), inMs(10_000));
    const before = take(1);
    leave();
    unlinkSync(path);
    listen();
    let done = false;
    const sent = sending!.then(() => (done = true));
    const after: string[] = [];
    while (!done) {
      after.push(...take());
      await new Promise((resolve) => setImmediate(resolve));
    }
    await sent;
    after.push(...take());
    expect(before).toEqual(['1']);
    // What lay in the dead receiver's queue is gone; nothing that was not in it is.
    expect(after).toEqual(all(100).slice(100 - after.length));
    expect(after.length).toBeGreaterThan(80);
  });

  it('leaves the event loop alone while it waits', async () => {
    listen();
    const sending = sender.send(numbers(50), inMs(200));
    const before = performance.eventLoopUtilization();
    await expect(sending).rejects.toMatchObject({ code: 'EAGAIN' });
    expect(performance.eventLoopUtilization(before).utilization).toBeLessThan(0.5);
  });

  it('rejects what waits when it is closed, and leaves no descriptor', async () => {
    const before = readdirSync('/proc/self/fd').length;
    listen();
    const sending = sender.send(numbers(50), inMs(10_000));
    sender.close();
    await expect(sending).rejects.toMatchObject({ code: 'ECANCELED', sent: expect.any(Number) as number });
    leave();
    expect(readdirSync('/proc/self/fd').length).toBe(before);
  });

  it('is of use again once it was closed, and what waited then has been told', async () => {
    listen();
    const before = sender.send(numbers(50), inMs(10_000));
    sender.close();
    const { sent } = await before!.then(
      () => expect.unreachable(),
      (error: unknown) => error as { sent: number },
    );
    expect(take()).toEqual(all(sent));
    expect(sender.send(numbers(5), PAST)).toBeUndefined();
    expect(take()).toEqual(all(5));
  });

  it('ends while it waits for a receiver that has gone', async () => {
    listen();
    sender.connect();
    leave();
    const sending = sender.send(numbers(5), inMs(10_000));
    sender.close();
    await expect(sending).rejects.toMatchObject({ code: 'ECANCELED', sent: 0 });
  });

  it('has no thread once there was nothing to wait for in a while', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      listen();
      const sending = sender.send(numbers(50), inMs(20));
      await expect(sending).rejects.toMatchObject({ code: 'EAGAIN' });
      await vi.advanceTimersByTimeAsync(9_000);
      expect(stops).toBe(0);
      await vi.advanceTimersByTimeAsync(2_000);
      expect(stops).toBe(1);
      const again = sender.send(numbers(50), inMs(20));
      await expect(again).rejects.toMatchObject({ code: 'EAGAIN', sent: 0 });
      expect([threads, waits]).toEqual([2, 2]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('fails, and says how many were sent, if there can be no thread', async () => {
    listen();
    const fail = (): never => {
      throw Object.assign(new Error('EAGAIN: pthread_create'), { code: 'EAGAIN', syscall: 'pthread_create' });
    };
    const other = new DatagramSenders(fail).forPath(path);
    const sending = other.send(numbers(50), inMs(10_000));
    const { sent } = await sending!.then(
      () => expect.unreachable(),
      (error: unknown) => error as { sent: number },
    );
    expect(take()).toEqual(all(sent));
    other.close();
  });

  it('fails at once for what no waiting mends', () => {
    listen();
    const wrong = { ...numbers(5), fieldEnds: Uint32Array.of(1, 2, 3, 900, 901) };
    expect(() => sender.send({ ...wrong, from: 3 }, inMs(10_000))).toThrow(
      expect.objectContaining({ code: 'EINVAL', sent: 0 }),
    );
  });
});
