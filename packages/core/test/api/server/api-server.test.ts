import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { encodeFrame, FRAME, FrameDecoder } from '../../../src/api/frames.js';
import { deferred } from '../../../src/lifecycle/deferred.js';
import { until } from '../../support/until.js';
import { readAll, ServedApi } from './support.js';

const UPGRADE = (path: string, protocol = 'holdfast/1'): string =>
  `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\n\r\n`;
const ATTACH = '/v1/containers/default/c1/attach';
const EXIT = { exitCode: 0, signal: null, exitedAt: '2024-01-01T00:00:00.000Z' };

/** The frames after the head of an upgraded answer. */
function framesOf(answer: Buffer): string[] {
  const end = answer.indexOf('\r\n\r\n') + 4;
  expect(answer.toString('latin1', 0, end)).toMatch(/^HTTP\/1.1 101 .*Upgrade: holdfast\/1\r\n/s);
  const frames: string[] = [];
  new FrameDecoder(({ type, stream, payload }) => frames.push(`${type}/${stream} ${payload.toString()}`)).push(
    answer.subarray(end),
  );
  return frames;
}

test('it is settled once the changing requests but the own ones have their answers, whoever only asks', async () => {
  const [stop, rest] = [deferred<unknown>(), deferred<unknown>()];
  const api = await ServedApi.start((method) => (method === 'stop' ? stop.promise : rest.promise));
  const calls = [
    api.call('POST', '/v1/containers/default/c1/stop', { requestId: 'r1' }),
    api.call('POST', '/v1/containers/default/c1/start', { requestId: 'r2' }),
    api.call('GET', '/v1/containers/default/c1/wait'),
  ];
  await until(() => api.fake.calls.length === 3);
  let settled = false;
  const own = api.server.settled(1).then(() => (settled = true));
  await api.server.settled(2);
  expect(settled).toBe(false);
  stop.resolve({});
  await Promise.all([own, calls[0]]);
  rest.resolve({});
  await Promise.all(calls);
});

describe('attach', () => {
  test('upgrades the connection and passes output, and the exit as the last frame', async () => {
    const api = await ServedApi.start();
    const socket = api.raw(UPGRADE(ATTACH));
    await once(socket, 'readable');
    void api.hub.send('stdout', Buffer.from('out'));
    void api.hub.send('stderr', Buffer.from('err'));
    api.hub.exit(EXIT);
    expect(framesOf(await readAll(socket))).toEqual(['1/1 out', '1/2 err', `2/0 ${JSON.stringify(EXIT)}`]);
  });

  test('is answered once it is recorded, so that a shimd that follows waits for the client; output meanwhile is not lost', async () => {
    const api = await ServedApi.start();
    const recorded = deferred<void>();
    api.recorded = recorded.promise;
    const socket = api.raw(UPGRADE(`${ATTACH}?primary=1`));
    await until(() => api.hub.primaryAttached);
    let early = 0;
    socket.on('data', () => (early += 1));
    void api.hub.send('stdout', Buffer.from('out'));
    // Another connection is served from its beginning to its end meanwhile.
    await api.call('GET', '/v1/version');
    expect(early).toBe(0);
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    const ended = once(socket, 'end');
    recorded.resolve();
    api.hub.exit(EXIT);
    await ended;
    expect(framesOf(Buffer.concat(chunks))).toEqual(['1/1 out', `2/0 ${JSON.stringify(EXIT)}`]);
  });

  test('loses no frame that came in one packet with the request', async () => {
    const api = await ServedApi.start();
    const frames = [encodeFrame(FRAME.STDIN, Buffer.from('early')), encodeFrame(FRAME.CLOSE_STDIN)];
    api.raw(Buffer.concat([Buffer.from(UPGRADE(`${ATTACH}?stdin=1`)), ...frames]));
    await until(() => api.input.length === 2);
    expect(api.input).toEqual(['early', 'closed']);
  });

  test('of a client that comes after the end tells the end', async () => {
    const api = await ServedApi.start();
    api.hub.exit(EXIT);
    expect(framesOf(await readAll(api.raw(UPGRADE(ATTACH))))).toEqual([`2/0 ${JSON.stringify(EXIT)}`]);
  });

  test('takes the client away when its connection goes', async () => {
    const api = await ServedApi.start();
    const socket = api.raw(UPGRADE(`${ATTACH}?primary=1`));
    await until(() => api.hub.primaryAttached);
    socket.destroy();
    await until(() => !api.hub.primaryAttached);
  });

  test.each([
    [UPGRADE('/v1/containers/default/none/attach'), 404, 'SHIM_CONTAINER_NOT_FOUND'],
    [UPGRADE('/v1/version'), 400, 'SHIM_INVALID_ARGUMENT'],
    [UPGRADE('//'), 400, 'SHIM_INVALID_ARGUMENT'],
    [UPGRADE('/v1/containers/%zz/c1/attach'), 400, 'SHIM_INVALID_ARGUMENT'],
    [UPGRADE(ATTACH, 'websocket'), 400, 'SHIM_INVALID_ARGUMENT'],
  ])('%j is refused with a coded answer', async (request, status, code) => {
    const api = await ServedApi.start();
    const answer = (await readAll(api.raw(request))).toString();
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toContain(`"code":"${code}"`);
  });
});

const AS_NOBODY = `
const request = require('node:http').request({ socketPath: process.argv[1], path: process.argv[2], headers: JSON.parse(process.argv[3]) });
const print = (text) => process.stdout.write(text);
request.on('response', (response) => { print(response.statusCode + ' '); response.on('data', print); });
request.on('upgrade', () => { print('upgraded'); process.exit(); });
request.on('error', (error) => print('error ' + error.code));
request.end();
`;

describe('a peer of another user', () => {
  test.each([
    ['/v1/version', {}],
    [ATTACH, { Connection: 'Upgrade', Upgrade: 'holdfast/1' }],
  ])('that could open the socket is refused %s', async (path, headers) => {
    const api = await ServedApi.start();
    api.open();
    const args = ['-e', AS_NOBODY, api.path, path, JSON.stringify(headers)];
    const child = spawn(process.execPath, args, {
      uid: 65534,
      gid: 65534,
      cwd: '/',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const chunks: Buffer[] = [];
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) chunks.push(chunk);
    const answer = Buffer.concat(chunks).toString();
    expect(answer).toMatch(/^403 /);
    expect(answer).toContain('SHIM_PEER_REFUSED');
    expect(answer).toContain('uid 65534');
    expect([api.fake.calls, api.hub.primaryAttached]).toEqual([[], false]);
    expect(api.logger.lines).toContain('warn: peer refused');
  });
});

test('while it leaves, requests are told to come back, and it may stay after all', async () => {
  const api = await ServedApi.start();
  api.server.leave();
  expect(await api.call('GET', '/v1/version')).toMatchObject({
    status: 503,
    body: { error: { code: 'SHIM_UNAVAILABLE' } },
  });
  expect(api.server.stay()).toBe(false);
  expect((await api.call('GET', '/v1/version')).status).toBe(200);
});

test('a scrape keeps no shim alive', async () => {
  const api = await ServedApi.start((method) => (method === 'metrics' ? String(api.server.active) : {}));
  let idle = 0;
  api.server.onIdle = () => (idle += 1);
  const socket = api.raw('GET /metrics HTTP/1.1\r\nHost: shim\r\nConnection: close\r\n\r\n');
  expect((await readAll(socket)).toString()).toMatch(/\r\n\r\n0$/);
  expect(idle).toBe(0);
  await api.call('GET', '/v1/version');
  expect(idle).toBe(1);
});

test('a request without an answer counts as active until it has one', async () => {
  const gate = deferred<unknown>();
  const api = await ServedApi.start(() => gate.promise);
  const idle = new Promise<void>((resolve) => (api.server.onIdle = resolve));
  const answered = api.call('GET', '/v1/version');
  await until(() => api.server.active === 1);
  gate.resolve({});
  await Promise.all([answered, idle]);
  expect(api.server.active).toBe(0);
});

describe('a client that announces a body and does not send all of it', () => {
  const HEAD = 'POST /v1/containers/default/c1/start HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n';

  test.each(['', '{"requestId":'])('but %j is told so and cut off, and keeps no shim alive', async (part) => {
    const api = await ServedApi.start(undefined, { bodyTimeoutMs: 50 });
    const idle = new Promise<void>((resolve) => (api.server.onIdle = resolve));
    const answer = (await readAll(api.raw(HEAD + part))).toString();
    expect(answer).toMatch(/^HTTP\/1.1 408 .*Connection: close\r\n/s);
    expect(answer).toContain('"code":"SHIM_REQUEST_TIMEOUT"');
    await idle;
    expect([api.server.active, api.fake.calls]).toEqual([0, []]);
  });

  test('and goes away keeps no shim alive either', async () => {
    const api = await ServedApi.start();
    const idle = new Promise<void>((resolve) => (api.server.onIdle = resolve));
    const socket = api.raw(HEAD);
    await until(() => api.server.active === 1);
    socket.destroy();
    await idle;
    expect(api.server.active).toBe(0);
  });
});

test('what takes long by nature has no such limit: an answer, an attached client', async () => {
  const gate = deferred<unknown>();
  const api = await ServedApi.start(() => gate.promise, { bodyTimeoutMs: 20 });
  const attached = api.raw(UPGRADE(`${ATTACH}?stdin=1`));
  await once(attached, 'readable');
  const answered = api.call('POST', '/v1/containers/default/c1/stop', { requestId: 'r1' });
  await until(() => api.fake.calls.length === 1);
  // Its limit is over when that of a later request is.
  expect(
    (await readAll(api.raw('POST /v1/settings HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n'))).toString(),
  ).toMatch(/^HTTP\/1.1 408 /);
  gate.resolve({});
  attached.write(encodeFrame(FRAME.STDIN, Buffer.from('late')));
  expect((await answered).status).toBe(200);
  await until(() => api.input.length === 1);
  expect(api.input).toEqual(['late']);
});

test('bytes that are no HTTP end their connection and nothing else', async () => {
  const api = await ServedApi.start();
  expect((await readAll(api.raw('\0\x01garbage\r\n\r\n'))).toString()).toMatch(/^HTTP\/1.1 400/);
  expect((await api.call('GET', '/v1/version')).status).toBe(200);
});
