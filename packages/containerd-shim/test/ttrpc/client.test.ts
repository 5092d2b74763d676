import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TtrpcClient } from '../../src/ttrpc/client.js';
import { CODE } from '../../src/ttrpc/codes.js';
import { FLAG, FRAME_TYPE, MAX_FRAME_DATA } from '../../src/ttrpc/frame.js';
import type { Call } from '../../src/ttrpc/method.js';
import { TtrpcServer } from '../../src/ttrpc/server.js';
import { frame, FrameInbox } from '../support/frames.js';
import { socketPair } from '../support/socket-pair.js';
import { SERVICE, testMethods } from '../support/test-services.js';

const bytes = (...values: number[]) => Uint8Array.from(values);
const of = (method: string, payload?: Uint8Array) => ({ service: SERVICE, method, ...(payload && { payload }) });

async function all(messages: AsyncIterable<Uint8Array>): Promise<number[]> {
  const values: number[] = [];
  for await (const [value] of messages) values.push(value ?? -1);
  return values;
}

describe('client and server', () => {
  let seen: Call[];
  let server: TtrpcServer;
  let client: TtrpcClient;

  beforeEach(async () => {
    const [near, far] = await socketPair();
    seen = [];
    server = new TtrpcServer();
    server.register(SERVICE, testMethods(seen));
    server.serveConnection({ id: 'c', duplex: far });
    client = new TtrpcClient(near);
  });
  afterEach(() => {
    client.close();
    server.close();
  });

  it('carry payloads of every size up to the limit, and no larger', async () => {
    for (const size of [0, 1, 16_384, 16_385, 65_536, MAX_FRAME_DATA - 64]) {
      const payload = Buffer.alloc(size, size % 251);
      expect(Buffer.compare(await client.call(of('Echo', payload)), payload)).toBe(0);
    }
    await expect(client.call(of('Echo', Buffer.alloc(MAX_FRAME_DATA)))).rejects.toMatchObject({ code: 8 });
    await expect(client.call(of('Large'))).rejects.toMatchObject({ code: 8 });
    expect(await client.call(of('Echo', bytes(1)))).toEqual(bytes(1));
  });

  it('have a thousand calls at once, answered in another order', async () => {
    const order: number[] = [];
    const calls = Array.from({ length: 1000 }, async (_, i) => {
      const answer = await client.call(of('Later', Buffer.from([(i * 7) % 50, i >> 8, i & 255])));
      order.push(i);
      expect([answer[1], answer[2]]).toEqual([i >> 8, i & 255]);
    });
    await Promise.all(calls);
    expect(order).toHaveLength(1000);
    expect(order).not.toEqual([...order].sort((a, b) => a - b));
    expect(server.calls).toBe(0);
  });

  it('stream from client, from server, and both ways', async () => {
    const sum = client.stream(of('Sum'), { sends: true });
    for (let i = 1; i <= 10; i++) await sum.send(bytes(i));
    sum.end();
    expect(await sum.response()).toEqual(bytes(55));

    expect(await all(client.stream(of('Count', bytes(5)), { sends: false }))).toEqual([0, 1, 2, 3, 4]);
    expect(await all(client.stream(of('Count', bytes(0)), { sends: false }))).toEqual([]);

    const double = client.stream(of('Double'), { sends: true });
    const answers = double[Symbol.asyncIterator]();
    for (const value of [3, 0, 5]) {
      await double.send(bytes(value));
      expect((await answers.next()).value).toEqual(Buffer.from([2 * value]));
    }
    double.end();
    expect((await answers.next()).done).toBe(true);
    expect(server.calls).toBe(0);
  });

  it('carry an empty message of a stream: it is not the end', async () => {
    const double = client.stream(of('Double'), { sends: true });
    await double.send(bytes());
    await double.send(bytes(4));
    double.end();
    expect(await all(double)).toEqual([0, 8]);
  });

  it('end a stream with the error of its handler, after what came before', async () => {
    const stream = client.stream(of('CountAndFail'), { sends: false })[Symbol.asyncIterator]();
    expect((await stream.next()).value).toEqual(Buffer.from([0]));
    await expect(stream.next()).rejects.toMatchObject({ code: CODE.DataLoss, message: 'the rest is gone' });
  });

  it('hold up a sender whose reader is slow, and lose nothing', async () => {
    const size = 512 * 1024;
    let open: () => void = () => undefined;
    const opened = new Promise<void>((resolve) => (open = resolve));
    let got = 0;
    server.register(
      'slow.Service',
      new Map([
        [
          'Take',
          {
            kind: 'client stream',
            handle: async (requests) => {
              await opened;
              for await (const message of requests) got += message.length;
              return new Uint8Array(0);
            },
          },
        ],
      ]),
    );
    const stream = client.stream({ service: 'slow.Service', method: 'Take' }, { sends: true });
    let sent = 0;
    const sending = (async () => {
      for (; sent < 100; sent++) await stream.send(Buffer.alloc(size));
      stream.end();
    })();
    // Sockets and queue take some MiB, and then it stands.
    let before = -1;
    while (before !== sent) {
      before = sent;
      for (let i = 0; i < 200; i++) await new Promise(setImmediate);
    }
    expect(sent).toBeLessThan(60);
    open();
    await sending;
    await stream.response();
    expect(got).toBe(100 * size);
  });

  it('fail a call at its deadline on both sides, and take no late answer', async () => {
    await expect(client.call({ ...of('Never'), timeoutMs: 20 })).rejects.toMatchObject({ code: CODE.DeadlineExceeded });
    await expect(client.call({ ...of('Later', bytes(60)), timeoutMs: 10 })).rejects.toMatchObject({ code: 4 });
    expect(await client.call(of('Later', bytes(100)))).toEqual(bytes(100));
    expect(seen.map(({ signal }) => signal.aborted)).toEqual([true, true, false]);
  });

  it('give a call up when its signal aborts', async () => {
    const abort = new AbortController();
    const call = client.call({ ...of('Never'), signal: abort.signal });
    abort.abort();
    await expect(call).rejects.toMatchObject({ code: CODE.Canceled });
    await expect(client.call({ ...of('Echo'), signal: abort.signal })).rejects.toMatchObject({ code: CODE.Canceled });
    expect(await client.call(of('Echo', bytes(1)))).toEqual(bytes(1));
  });

  it('keep nothing of a call that has ended: no receiver, no timer', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    const ended = [
      client.call({ ...of('Echo'), timeoutMs: 3_600_000 }),
      client.call({ ...of('Refuse'), timeoutMs: 3_600_000 }),
      client.call({ ...of('Never'), timeoutMs: 5 }),
      all(client.stream({ ...of('Count', bytes(3)), timeoutMs: 3_600_000 }, { sends: false })),
      all(client.stream({ ...of('CountAndFail'), timeoutMs: 3_600_000 }, { sends: false })),
    ];
    expect((await Promise.allSettled(ended)).map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
      'fulfilled',
      'rejected',
    ]);
    // The server's answer to the deadline may still be on its way.
    while (server.calls > 0) await new Promise(setImmediate);
    expect({ calls: client.calls, timers: timers() }).toEqual({ calls: 0, timers: before });
  });

  it('carry metadata', async () => {
    const metadata = new Map([
      ['k', ['1', '2']],
      ['l', ['3']],
    ]);
    await client.call({ ...of('Echo'), metadata });
    expect(seen[0]?.metadata).toEqual(metadata);
  });

  it('fail calls and streams with Unavailable when the connection breaks, and all later ones', async () => {
    const call = client.call(of('Never'));
    const stream = client.stream(of('Double'), { sends: true });
    const answer = all(stream);
    server.close();
    await expect(call).rejects.toMatchObject({ code: CODE.Unavailable });
    await expect(answer).rejects.toMatchObject({ code: CODE.Unavailable });
    await client.closed;
    await expect(client.call(of('Echo'))).rejects.toMatchObject({ code: CODE.Unavailable });
    await stream.send(bytes(1));
  });
});

describe('a client', () => {
  let near: TtrpcClient;
  let far: Socket;
  let inbox: FrameInbox;

  beforeEach(async () => {
    const [one, other] = await socketPair();
    near = new TtrpcClient(one);
    far = other;
    inbox = new FrameInbox(far);
  });
  afterEach(() => {
    near.close();
    far.destroy();
  });

  it.each([
    ['garbage', frame(1, FRAME_TYPE.RESPONSE, { data: Buffer.from('ff', 'hex') }), CODE.InvalidArgument],
    ['data', frame(1, FRAME_TYPE.DATA, { data: Buffer.from('x') }), CODE.Internal],
    [
      'a frame that is too long',
      frame(1, FRAME_TYPE.RESPONSE, { data: Buffer.alloc(MAX_FRAME_DATA + 1) }),
      CODE.ResourceExhausted,
    ],
  ])('fails a call that is answered by %s, and goes on', async (_, answer, code) => {
    const call = near.call(of('Echo'));
    expect(await inbox.next()).toMatchObject({ stream: 1, type: FRAME_TYPE.REQUEST, flags: 0 });
    far.write(answer);
    await expect(call).rejects.toMatchObject({ name: 'TtrpcError', code });
    const next = near.call(of('Echo'));
    expect(await inbox.next()).toMatchObject({ stream: 3 });
    far.write(Buffer.concat([frame(99, FRAME_TYPE.RESPONSE), frame(3, FRAME_TYPE.RESPONSE)]));
    expect(await next).toHaveLength(0);
  });

  it('takes a stream that ends with a response after its data', async () => {
    const stream = near.stream(of('Double'), { sends: true });
    expect(await inbox.next()).toMatchObject({ flags: FLAG.REMOTE_OPEN });
    far.write(Buffer.concat([frame(1, FRAME_TYPE.DATA, { data: bytes(7) }), frame(1, FRAME_TYPE.RESPONSE)]));
    expect(await all(stream)).toEqual([7]);
  });

  it('takes data that comes with the end', async () => {
    const stream = near.stream(of('Count'), { sends: false });
    expect(await inbox.next()).toMatchObject({ flags: FLAG.REMOTE_CLOSED });
    far.write(frame(1, FRAME_TYPE.DATA, { data: bytes(7), flags: FLAG.REMOTE_CLOSED }));
    expect(await all(stream)).toEqual([7]);
  });
});

describe('frames in pieces', () => {
  it('of random size, both ways, change nothing', async () => {
    const [a, b] = await socketPair();
    const [c, d] = await socketPair();
    const pieces = (): Transform =>
      new Transform({
        transform(chunk: Buffer, _encoding, done) {
          for (let at = 0; at < chunk.length;) {
            const end = at + 1 + ((at * 7919 + chunk.length) % 37);
            this.push(chunk.subarray(at, end));
            at = end;
          }
          done();
        },
      });
    b.pipe(pieces()).pipe(c);
    c.pipe(pieces()).pipe(b);
    const server = new TtrpcServer();
    server.register(SERVICE, testMethods());
    server.serveConnection({ id: 'c', duplex: d });
    const client = new TtrpcClient(a);
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, i) => client.call(of('Echo', Buffer.alloc(i * 13, i)))),
    );
    for (const [i, answer] of answers.entries()) expect(Buffer.compare(answer, Buffer.alloc(i * 13, i))).toBe(0);
    client.close();
    server.close();
    for (const socket of [b, c]) socket.destroy();
  });
});

describe('connecting', () => {
  it('takes a path with and without unix://', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'hf-ttrpc-'));
    const path = join(directory, 's');
    const server = new TtrpcServer();
    server.register(SERVICE, testMethods());
    const listener = createServer((duplex) => server.serveConnection({ id: 'c', duplex })).listen(path);
    await once(listener, 'listening');
    for (const address of [path, `unix://${path}`]) {
      const client = await TtrpcClient.connect(address, { timeoutMs: 10_000 });
      expect(await client.call(of('Echo', bytes(1)))).toEqual(bytes(1));
      client.close();
    }
    server.close();
    listener.close();
    rmSync(directory, { recursive: true });
  });

  it('says that nobody is there, and what is no address', async () => {
    const nowhere = join(tmpdir(), 'hf-ttrpc-nowhere', 's');
    await expect(TtrpcClient.connect(nowhere)).rejects.toMatchObject({ code: CODE.Unavailable });
    for (const address of ['', 'relative', 'tcp://h:1', `/${'x'.repeat(107)}`, '/a\0b']) {
      await expect(TtrpcClient.connect(address), address).rejects.toMatchObject({ code: CODE.InvalidArgument });
    }
  });
});
