import { closeSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { native, type GatheredDatagrams, type NativeLane } from '@holdfast/native';
import { useTempDirectory } from '../support/temp-directory.js';

const buffer = Buffer.alloc(1 << 20);
const LONG = 60_000;

/** Datagrams `0:text`, `1:text`, … of which the texts begin at `offset` in their buffer. */
function numbered(count: number, offset = 0): GatheredDatagrams {
  const names = Array.from({ length: count }, (_, i) => `${i}:`);
  const fieldEnds = Uint32Array.from(names.map((_, i) => names.slice(0, i + 1).join('').length));
  const spans = Uint32Array.from(names.flatMap((_, i) => [offset + 4 * i, offset + 4 * i + 4]));
  const bytes = Buffer.from('?'.repeat(offset) + 'text'.repeat(count));
  return {
    head: Buffer.from('<'),
    fields: Buffer.from(names.join('')),
    fieldEnds,
    bytes,
    spans,
    tail: Buffer.from('>'),
    from: 0,
    to: count,
  };
}

const texts = (count: number): string[] => Array.from({ length: count }, (_, i) => `<${i}:text>`);

describe('Lane.send', () => {
  const temp = useTempDirectory();
  let receiver: number;
  let sender: number;
  let lane: NativeLane;

  beforeEach(() => {
    lane = new native.Lane();
    receiver = native.datagramBind(temp.path('socket'), 0o600);
    sender = native.datagramSocket();
    native.datagramConnect(sender, temp.path('socket'));
  });
  afterEach(() => {
    lane.stop();
    closeSync(sender);
    closeSync(receiver);
  });

  function receive(most = Infinity): string[] {
    const got: string[] = [];
    while (got.length < most) {
      const message = native.receive(receiver, buffer);
      if (message === undefined) break;
      got.push(buffer.toString('latin1', 0, message.length));
    }
    return got;
  }

  async function receiveUntil(sending: Promise<unknown>, most?: number): Promise<string[]> {
    const got: string[] = [];
    let settled = false;
    const seen = (): void => void (settled = true);
    sending.then(seen, seen);
    while (!settled) {
      got.push(...receive(most));
      await new Promise((resolve) => setImmediate(resolve));
    }
    return [...got, ...receive()];
  }

  it.each([1, 3, Infinity])('waits for a receiver that takes %s at a time, and sends all in order', async (most) => {
    const sending = lane.send(sender, numbered(500), LONG);
    expect(await receiveUntil(sending, most)).toEqual(texts(500));
    expect(await sending).toBe(500);
  });

  it('sends a copy: the buffers may change at once', async () => {
    const records = numbered(100, 1000);
    const sending = lane.send(sender, records, LONG);
    for (const bytes of [records.head, records.fields, records.bytes, records.tail]) bytes.fill(0);
    for (const numbers of [records.fieldEnds, records.spans]) numbers.fill(4_000_000_000);
    expect(await receiveUntil(sending)).toEqual(texts(100));
  });

  it('sends those from `from` up to `to`', async () => {
    expect(await lane.send(sender, { ...numbered(100, 7), from: 90, to: 95 }, LONG)).toBe(5);
    expect(receive()).toEqual(texts(95).slice(90));
    expect(await lane.send(sender, { ...numbered(3), from: 3 }, LONG)).toBe(0);
    expect(await lane.send(sender, numbered(0), LONG)).toBe(0);
  });

  it('tells how many had room within the time given', async () => {
    const sent = await lane.send(sender, numbered(200), 20);
    expect(sent).toBeGreaterThan(5);
    expect(receive()).toEqual(texts(sent));
    expect(await lane.send(sender, numbered(200), 0)).toBe(sent);
    expect(await lane.send(sender, numbered(200), -5)).toBe(0);
  });

  it('rejects soon when the lane is stopped, and tells what was sent', async () => {
    const sending = lane.send(sender, numbered(200), LONG);
    lane.stop();
    const { sent, code } = await sending.then(
      () => expect.unreachable(),
      (error: unknown) => error as { sent: number; code: string },
    );
    expect(code).toBe('ECANCELED');
    expect(receive()).toEqual(texts(sent));
  });

  it('rejects when the receiver goes, and tells what was sent', async () => {
    const other = native.datagramBind(temp.path('other'), 0o600);
    native.datagramConnect(sender, temp.path('other'));
    const sending = lane.send(sender, numbered(200), LONG);
    while (native.datagramSend(sender, numbered(1)) > 0) await new Promise((resolve) => setImmediate(resolve));
    closeSync(other);
    await expect(sending).rejects.toMatchObject({
      code: 'ECONNREFUSED',
      syscall: 'sendmmsg',
      sent: expect.any(Number) as number,
    });
    await expect(lane.send(sender, numbered(2), LONG)).rejects.toMatchObject({ code: 'ENOTCONN', sent: 0 });
  });

  it('sends what is too large as a sealed file, when there is room', async () => {
    const large = { ...numbered(1), bytes: Buffer.alloc(1_000_000, 'x'), spans: Uint32Array.of(0, 1_000_000) };
    const fill = native.datagramSend(sender, numbered(200));
    const sending = lane.send(sender, large, LONG);
    expect(receive(fill)).toHaveLength(fill);
    expect(await sending).toBe(1);
    const { fds } = native.receive(receiver, buffer)!;
    expect(fds.map((fd) => native.isSealed(fd))).toEqual([true]);
    for (const fd of fds) closeSync(fd);
  });

  it('refuses at once what lies outside its buffers, and sends none of it', () => {
    const records = numbered(5);
    const wrong: Partial<GatheredDatagrams>[] = [
      { to: 6 },
      { from: 4, to: 3 },
      { spans: Uint32Array.of(0, 4, 4, 8, 8, 12, 12, 16, 16, 21) },
      { spans: Uint32Array.of(0, 4, 4, 8, 8, 12, 16, 12, 12, 16) },
      { fieldEnds: Uint32Array.of(2, 4, 6, 8, 11) },
      { fieldEnds: Uint32Array.of(2, 4, 3, 8, 10) },
    ];
    for (const part of wrong)
      expect(() => lane.send(sender, { ...records, ...part }, LONG)).toThrow(
        expect.objectContaining({ code: 'EINVAL' }),
      );
    expect(receive()).toEqual([]);
  });
});
