import { once } from 'node:events';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CODE } from '../../src/ttrpc/codes.js';
import { FLAG, FRAME_TYPE, MAX_FRAME_DATA } from '../../src/ttrpc/frame.js';
import type { Call } from '../../src/ttrpc/method.js';
import { TtrpcServer } from '../../src/ttrpc/server.js';
import { frame, FrameInbox, requestFrame } from '../support/frames.js';
import { socketPair } from '../support/socket-pair.js';
import { SERVICE, testMethods } from '../support/test-services.js';

const request = (method: string, payload = 'x') => ({ service: SERVICE, method, payload: Buffer.from(payload) });
const { REQUEST, RESPONSE, DATA } = FRAME_TYPE;

describe('a server', () => {
  let seen: Call[];
  let server: TtrpcServer;
  let client: Socket;
  let inbox: FrameInbox;

  beforeEach(async () => {
    const [near, far] = await socketPair();
    client = near;
    inbox = new FrameInbox(client);
    seen = [];
    server = new TtrpcServer();
    server.register(SERVICE, testMethods(seen));
    server.serveConnection({ id: 'c', duplex: far, metadata: new Map([['space', ['default']]]) });
  });
  afterEach(() => {
    server.close();
    client.destroy();
  });

  it('answers with a response that has no status, and for an empty message no byte', async () => {
    client.write(requestFrame(1, request('Echo')));
    expect(await inbox.next()).toMatchObject({
      stream: 1,
      type: RESPONSE,
      flags: 0,
      data: Buffer.from('12 01 78'.replaceAll(' ', ''), 'hex'),
    });
    client.write(requestFrame(3, request('Echo', '')));
    expect((await inbox.next()).data.length).toBe(0);
  });

  it('says Unimplemented for a service and a method that it does not know', async () => {
    client.write(requestFrame(1, { service: 'other.Service', method: 'Echo' }));
    expect((await inbox.response()).status).toMatchObject({ code: 12, message: 'service other.Service' });
    for (const [i, method] of ['Nothing', '__proto__', 'constructor', ''].entries()) {
      client.write(requestFrame(3 + 2 * i, { service: SERVICE, method }));
      expect((await inbox.response()).status).toMatchObject({ code: 12, message: `method ${method}` });
    }
  });

  it.each([
    ['an even stream id', 2],
    ['the stream id 0', 0],
    ['the id of a stream that was answered', 5],
    ['the id of one that was not', 7],
    ['an id below the last', 3],
  ])('refuses %s, and goes on', async (_, id) => {
    client.write(requestFrame(5, request('Echo')));
    await inbox.response();
    client.write(requestFrame(7, request('Never')));
    client.write(requestFrame(id, request('Echo')));
    expect(await inbox.response()).toMatchObject({ stream: id, status: { code: CODE.InvalidArgument } });
    client.write(requestFrame(9, request('Echo')));
    expect(await inbox.response()).toMatchObject({ stream: 9, status: undefined });
    expect(seen.map(({ stream }) => stream)).toEqual([5, 7, 9]);
    expect(server.calls).toBe(1);
  });

  it('refuses what is no request message', async () => {
    client.write(frame(1, REQUEST, { data: Buffer.from('0aff', 'hex') }));
    expect(await inbox.response()).toMatchObject({ stream: 1, status: { code: CODE.InvalidArgument } });
  });

  it('discards a frame that is too long, says so, and goes on', async () => {
    client.write(frame(1, REQUEST, { data: Buffer.alloc(MAX_FRAME_DATA + 1) }));
    client.write(requestFrame(3, request('Echo')));
    expect(await inbox.response()).toMatchObject({ stream: 1, status: { code: CODE.ResourceExhausted } });
    expect(await inbox.response()).toMatchObject({ stream: 3, status: undefined });
  });

  it('says the same of a frame that the keeper has discarded, and ends its stream if it was data', async () => {
    client.write(frame(1, REQUEST, { flags: FLAG.DISCARDED }));
    expect(await inbox.response()).toMatchObject({ stream: 1, status: { code: CODE.ResourceExhausted } });
    client.write(requestFrame(3, { service: SERVICE, method: 'Sum' }, FLAG.REMOTE_OPEN));
    client.write(frame(3, DATA, { flags: FLAG.DISCARDED }));
    expect(await inbox.response()).toMatchObject({ stream: 3, status: { code: CODE.ResourceExhausted } });
    expect(server.calls).toBe(0);
  });

  it('passes over frames of other types, and late data of a stream that was answered', async () => {
    client.write(
      Buffer.concat([frame(1, 0), frame(1, 4), frame(1, 255, { data: Buffer.from('?') }), frame(1, RESPONSE)]),
    );
    client.write(requestFrame(1, request('Echo')));
    expect(await inbox.response()).toMatchObject({ stream: 1, status: undefined });
    client.write(frame(1, DATA, { data: Buffer.from('late') }));
    client.write(requestFrame(3, request('Echo')));
    expect(await inbox.response()).toMatchObject({ stream: 3, status: undefined });
  });

  it('refuses data for a stream that was never opened, for a unary call, and after its end', async () => {
    client.write(frame(1, DATA, { data: Buffer.from('x') }));
    expect(await inbox.response()).toMatchObject({ stream: 1, status: { code: CODE.InvalidArgument } });
    client.write(requestFrame(3, request('Never')));
    client.write(frame(3, DATA, { data: Buffer.from('x') }));
    expect(await inbox.response()).toMatchObject({ stream: 3, status: { code: CODE.InvalidArgument } });
    client.write(requestFrame(5, { service: SERVICE, method: 'Double' }, FLAG.REMOTE_CLOSED));
    client.write(frame(5, DATA, { data: Buffer.from('x') }));
    expect(await inbox.response()).toMatchObject({ stream: 5, status: { code: CODE.InvalidArgument } });
  });

  it('reads a stream that is cut anywhere', async () => {
    const all = Buffer.concat([1, 3, 5].map((id) => requestFrame(id, request('Echo', `message ${id}`))));
    for (const byte of all) {
      client.write(Uint8Array.of(byte));
      await new Promise(setImmediate);
    }
    for (const id of [1, 3, 5]) expect(Buffer.from((await inbox.response()).payload).toString()).toBe(`message ${id}`);
  });

  it('begins nothing for a request that is cut off, and closes', async () => {
    const [connection] = server.connections;
    client.end(requestFrame(1, request('Echo')).subarray(0, 15));
    await connection?.closed;
    expect(seen).toEqual([]);
    expect(server.connections.size).toBe(0);
  });

  it('tells deadlines: code 4, and the signal aborts', async () => {
    client.write(requestFrame(1, { ...request('Never'), timeoutNano: 20_000_000n }));
    expect(await inbox.response()).toMatchObject({ stream: 1, status: { code: CODE.DeadlineExceeded } });
    expect(seen[0]?.signal.aborted).toBe(true);
    expect(server.calls).toBe(0);
  });

  it('takes deadlines of centuries, and none at all, for what they are', async () => {
    for (const [i, timeoutNano] of [2n ** 63n - 1n, 0n, -5n, 10n ** 17n].entries()) {
      client.write(requestFrame(2 * i + 1, { ...request('Later', '\x05'), timeoutNano }));
      expect((await inbox.response()).status).toBeUndefined();
    }
  });

  it("gives each call its metadata, and the connection's for what that does not say", async () => {
    const metadata = [
      { key: 'a', value: '1' },
      { key: 'a', value: '2' },
      { key: '__proto__', value: 'p' },
    ];
    client.write(requestFrame(1, { ...request('Echo'), metadata }));
    client.write(requestFrame(3, { ...request('Echo'), metadata: [{ key: 'space', value: 'own' }] }));
    client.write(requestFrame(5, request('Echo')));
    for (const _ of [1, 3, 5]) await inbox.response();
    expect(seen.map((call) => call.metadata)).toEqual([
      new Map([
        ['space', ['default']],
        ['a', ['1', '2']],
        ['__proto__', ['p']],
      ]),
      new Map([['space', ['own']]]),
      new Map([['space', ['default']]]),
    ]);
    expect(seen[1]).toMatchObject({ connection: 'c', stream: 3, service: SERVICE, method: 'Echo' });
  });

  it('tells what a handler threw by code and message', async () => {
    client.write(requestFrame(1, request('Refuse')));
    expect((await inbox.response()).status).toMatchObject({ code: 9, message: 'not now' });
    client.write(requestFrame(3, request('Throw')));
    expect((await inbox.response()).status).toMatchObject({ code: 2, message: 'a plain error' });
  });

  it('says ResourceExhausted in place of an answer that is too long', async () => {
    client.write(requestFrame(1, request('Large')));
    expect((await inbox.response()).status).toMatchObject({ code: CODE.ResourceExhausted });
  });

  it('aborts the signals of its calls when the client goes, and forgets them', async () => {
    client.write(requestFrame(1, request('Never')));
    client.write(requestFrame(3, request('Echo')));
    await inbox.response();
    const [connection] = server.connections;
    const aborted = once(seen[0]!.signal, 'abort');
    expect(server.calls).toBe(1);
    client.destroy();
    await Promise.all([aborted, connection?.closed]);
    expect(server.calls).toBe(0);
    expect(seen[0]!.signal.reason).toMatchObject({ code: CODE.Canceled });
  });

  it('answers nothing when it is closed: the next one will', async () => {
    client.write(requestFrame(1, request('Never')));
    client.write(requestFrame(3, request('Echo')));
    expect(await inbox.response()).toMatchObject({ stream: 3 });
    const rest: Buffer[] = [];
    client.on('data', (chunk: Buffer) => rest.push(chunk));
    server.close();
    await once(client, 'close');
    expect(rest).toEqual([]);
  });

  it('says when all of its answers have been handed over', async () => {
    client.write(requestFrame(1, request('Echo', 'y'.repeat(3 * 1024 * 1024))));
    await once(client, 'data');
    await server.flushed();
    const [connection] = server.connections;
    expect(connection?.calls).toBe(0);
    client.pause();
    server.close();
    client.resume();
    expect((await inbox.response()).payload.length).toBe(3 * 1024 * 1024);
  });
});

describe('a server whose client does not read', () => {
  it('stops reading, so that answers do not pile up, and goes on later', async () => {
    const [client, far] = await socketPair();
    const server = new TtrpcServer();
    const seen: Call[] = [];
    server.register(SERVICE, testMethods(seen));
    server.serveConnection({ id: 'c', duplex: far });
    for (let i = 0; i < 100; i++) client.write(requestFrame(2 * i + 1, request('Echo', 'z'.repeat(512 * 1024))));
    let before = -1;
    while (before !== seen.length || before === 0) {
      before = seen.length;
      for (let i = 0; i < 200; i++) await new Promise(setImmediate);
    }
    expect(before).toBeLessThan(10);
    const inbox = new FrameInbox(client);
    for (let i = 0; i < 100; i++) expect((await inbox.response()).payload.length).toBe(512 * 1024);
    server.close();
    client.destroy();
  });
});
