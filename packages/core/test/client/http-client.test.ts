import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createServer, type Server } from 'node:net';
import { unlinkSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { ShimError } from '@holdfast/core/plugin';
import { HttpShimClient } from '../../src/client/http-client.js';
import { answer, answerError, FakeShimd } from './support/fake-shimd.js';

const ref = { namespace: 'default', id: 'c1' };
const exit = { exitCode: 3, signal: null, exitedAt: '2024-01-01T00:00:00.000Z' };
let shimd: FakeShimd;
let client: HttpShimClient;

beforeEach(async () => {
  shimd = new FakeShimd();
  client = new HttpShimClient(shimd);
  await shimd.up();
});

afterEach(async () => {
  client.close();
  await shimd.remove();
});

test('every call goes to its route with its body', async () => {
  const execRef = { ...ref, execId: 'e/1' };
  await client.version();
  await client.list();
  await client.inspect(ref);
  await client.start(ref, { requestId: 'r1' });
  await client.kill(ref, { requestId: 'r2', signal: 15, all: true });
  await client.stop(ref, { requestId: 'r3', timeoutMs: 5 });
  await client.wait(ref, 'drained');
  await client.delete(ref, { requestId: 'r 4', force: true });
  await client.delete(ref, { requestId: 'r5', force: false });
  await client.startExec(execRef, { requestId: 'r6' });
  await client.killExec(execRef, { requestId: 'r7', signal: 9 });
  await client.waitExec(execRef);
  await client.deleteExec(execRef);
  expect(shimd.seen.map(({ method, path, body }) => [`${method} ${path}`, body])).toEqual([
    ['GET /v1/version', undefined],
    ['GET /v1/containers', undefined],
    ['GET /v1/containers/default/c1', undefined],
    ['POST /v1/containers/default/c1/start', { requestId: 'r1' }],
    ['POST /v1/containers/default/c1/kill', { requestId: 'r2', signal: 15, all: true }],
    ['POST /v1/containers/default/c1/stop', { requestId: 'r3', timeoutMs: 5 }],
    ['GET /v1/containers/default/c1/wait?until=drained', undefined],
    ['DELETE /v1/containers/default/c1?requestId=r+4&force=1', undefined],
    ['DELETE /v1/containers/default/c1?requestId=r5', undefined],
    ['POST /v1/containers/default/c1/execs/e%2F1/start', { requestId: 'r6' }],
    ['POST /v1/containers/default/c1/execs/e%2F1/kill', { requestId: 'r7', signal: 9 }],
    ['GET /v1/containers/default/c1/execs/e%2F1/wait', undefined],
    ['DELETE /v1/containers/default/c1/execs/e%2F1', undefined],
  ]);
});

test('metrics are text, and an error in their place is an error', async () => {
  shimd.onRequest = (_seen, response) => void response.end('a_metric 1\n');
  await expect(client.metrics()).resolves.toBe('a_metric 1\n');
  expect(shimd.seen).toMatchObject([{ method: 'GET', path: '/metrics' }]);
  shimd.onRequest = (_seen, response) => answerError(response, 'SHIM_INVALID_ARGUMENT', 'no such call');
  await expect(client.metrics()).rejects.toMatchObject({ code: 'SHIM_INVALID_ARGUMENT' });
});

test('one connection serves calls that follow each other', async () => {
  const ports = new Set<unknown>();
  shimd.onRequest = (_seen, response, request) => {
    ports.add(request.socket);
    answer(response, 200, {});
  };
  await client.version();
  await client.version();
  expect(ports.size).toBe(1);
});

test("an error of the server arrives with its code, message, place and remedy, and isn't asked again", async () => {
  shimd.onRequest = (_seen, response) =>
    answer(response, 409, {
      error: { code: 'SHIM_ILLEGAL_STATE', message: 'it is paused', where: 'c1', remedy: 'resume' },
    });
  const error = await client.start(ref, { requestId: 'r' }).catch((e: unknown) => e);
  expect(error).toMatchObject({ code: 'SHIM_ILLEGAL_STATE', message: 'it is paused', where: 'c1', remedy: 'resume' });
  expect(shimd.seen).toHaveLength(1);
  expect(shimd.ensured).toBe(0);
});

test('a call finds nobody, has the keeper started and is sent then', async () => {
  await shimd.down();
  await expect(client.start(ref, { requestId: 'r' })).resolves.toEqual({});
  expect(shimd.ensured).toBe(1);
});

test('a connection that is reset before the answer has the same request sent again', async () => {
  let resets = 2;
  shimd.onRequest = (_seen, response) => {
    if (resets-- > 0) response.socket?.destroy();
    else answer(response, 200, { id: 'c1' });
  };
  await expect(client.start(ref, { requestId: 'same' })).resolves.toEqual({ id: 'c1' });
  expect(shimd.seen.map((seen) => seen.body)).toEqual(Array(3).fill({ requestId: 'same' }));
});

test('an answer that is cut off in the middle is asked for again', async () => {
  let cut = true;
  shimd.onRequest = (_seen, response) => {
    if (!cut) return answer(response, 200, { whole: true });
    cut = false;
    response.writeHead(200, { 'content-length': 1000 });
    response.write('{"whole":', () => response.socket?.destroy());
  };
  await expect(client.inspect(ref)).resolves.toEqual({ whole: true });
});

test('SHIM_UNAVAILABLE is asked again until shimd serves', async () => {
  let leaving = 3;
  shimd.onRequest = (_seen, response) => {
    if (leaving-- > 0) answerError(response, 'SHIM_UNAVAILABLE', 'leaving');
    else answer(response, 200, [1]);
  };
  await expect(client.list()).resolves.toEqual([1]);
  expect(shimd.ensured).toBe(3);
});

test('patience ends: the error names the group, the reason and the last words of its log', async () => {
  shimd.patienceMs = 150;
  shimd.onRequest = (_seen, response) => answerError(response, 'SHIM_UNAVAILABLE', 'leaving');
  const error = await client.list().catch((e: unknown) => e);
  expect(error).toMatchObject({ code: 'SHIM_UNAVAILABLE', where: shimd.socketPath });
  expect((error as Error).message).toMatch(
    /^shimd of group default has not answered for 0.15 s \(leaving\).*\nlast words$/s,
  );
});

test('what ensure rejects with ends the call', async () => {
  await shimd.down();
  shimd.onEnsure = () => Promise.reject(new ShimError('SHIM_KEEPER_START', 'no keeper'));
  await expect(client.list()).rejects.toMatchObject({ code: 'SHIM_KEEPER_START' });
});

test('a slow answer is waited for past the patience while shimd shows life', async () => {
  shimd.patienceMs = 600;
  let answerStop = (): void => undefined;
  let signs = 0;
  shimd.onRequest = (seen, response) => {
    if (seen.path !== '/v1/version') return void (answerStop = () => answer(response, 200, exit));
    answer(response, 200, {});
    // They are asked for three times in each patience.
    if (++signs === 5) answerStop();
  };
  await expect(client.stop(ref, { requestId: 'r' })).resolves.toEqual(exit);
  expect(shimd.seen.filter((seen) => seen.method === 'POST')).toHaveLength(1);
});

test('a shimd that takes connections and says nothing is given up', async () => {
  shimd.patienceMs = 120;
  shimd.onRequest = () => undefined;
  await expect(client.stop(ref, { requestId: 'r' })).rejects.toMatchObject({
    code: 'SHIM_UNAVAILABLE',
    message: expect.stringContaining('says nothing') as string,
  });
});

test('it is given up too when the garbage collector runs meanwhile', async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const collecting = setInterval(collectGarbage, 10);
  onTestFinished(() => clearInterval(collecting));
  shimd.patienceMs = 600;
  shimd.onRequest = () => undefined;
  await expect(client.inspect(ref)).rejects.toMatchObject({ code: 'SHIM_UNAVAILABLE' });
});

test('a wait outlives a shimd that dies, for longer than any patience', async () => {
  shimd.patienceMs = 50;
  const asked = vi.fn();
  let deaths = 0;
  shimd.onRequest = (_seen, response) => {
    asked();
    if (deaths++ === 0) void shimd.down();
    else answer(response, 200, exit);
  };
  let refusals = 6;
  shimd.onEnsure = async () => {
    if (refusals-- <= 0) await shimd.up();
  };
  await expect(client.wait(ref, 'exit')).resolves.toEqual(exit);
  expect(asked).toHaveBeenCalledTimes(2);
});

test('a wait ends with the reason of its signal, whether it is asking or pausing', async () => {
  const asking = new AbortController();
  shimd.onRequest = () => asking.abort(new Error('enough'));
  await expect(client.wait(ref, 'exit', asking.signal)).rejects.toThrow('enough');
  await shimd.down();
  const pausing = new AbortController();
  shimd.onEnsure = () => {
    if (shimd.ensured === 3) pausing.abort(new Error('enough too'));
    return Promise.resolve();
  };
  await expect(client.waitExec({ ...ref, execId: 'e' }, pausing.signal)).rejects.toThrow('enough too');
  await expect(client.wait(ref, 'exit', AbortSignal.abort(new Error('before')))).rejects.toThrow('before');
});

test('a delete whose answer was lost is done if the container is gone the second time', async () => {
  shimd.onRequest = (_seen, response) => {
    if (shimd.seen.length === 1) response.socket?.destroy();
    else answerError(response, 'SHIM_CONTAINER_NOT_FOUND', 'gone');
  };
  await expect(client.delete(ref, { requestId: 'r', force: false })).resolves.toBeUndefined();
  await expect(client.delete(ref, { requestId: 'r', force: false })).rejects.toMatchObject({
    code: 'SHIM_CONTAINER_NOT_FOUND',
  });
});

test('an answer that is no JSON, or an error without a code, is SHIM_INTERNAL and says where', async () => {
  shimd.onRequest = (_seen, response) => void response.end('<html>hello');
  await expect(client.list()).rejects.toMatchObject({
    code: 'SHIM_INTERNAL',
    where: 'GET /v1/containers',
    message: expect.stringContaining('<html>hello') as string,
  });
  shimd.onRequest = (_seen, response) => answer(response, 500, { oops: true });
  await expect(client.list()).rejects.toMatchObject({
    code: 'SHIM_INTERNAL',
    message: expect.stringContaining('500') as string,
  });
  expect(shimd.ensured).toBe(0);
});

test('something else on the socket is named as such', async () => {
  await shimd.down();
  const other: Server = createServer((socket) => socket.resume().end('220 smtp.example\r\n'));
  await new Promise<void>((resolve) => other.listen(shimd.socketPath, resolve));
  try {
    await expect(client.list()).rejects.toMatchObject({
      code: 'SHIM_INTERNAL',
      message: expect.stringContaining('does not speak HTTP') as string,
    });
  } finally {
    await new Promise((resolve) => other.close(resolve));
  }
});

test('a stale socket file counts as nobody listening', async () => {
  await shimd.down();
  // A listener that dies without unlinking leaves the name behind.
  const { execFileSync } = await import('node:child_process');
  const script = `require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
  expect(() => execFileSync(process.execPath, ['-e', script, shimd.socketPath])).toThrow();
  shimd.onEnsure = async () => {
    unlinkSync(shimd.socketPath);
    await shimd.up();
  };
  await expect(client.version()).resolves.toEqual({});
  expect(shimd.ensured).toBe(1);
});

describe('a shimd that is known to die again and again', () => {
  const loop = new ShimError('SHIM_CRASH_LOOP', 'it has died 7 times');

  test('is not asked', async () => {
    shimd.troubled = loop;
    await expect(client.list()).rejects.toBe(loop);
    await expect(client.delete(ref, { requestId: 'r', force: true })).rejects.toBe(loop);
    expect([shimd.seen, shimd.ensured]).toEqual([[], 0]);
  });

  test('is waited for no longer by a call that has been sent', async () => {
    shimd.onRequest = () => (shimd.troubled = loop);
    await expect(client.list()).rejects.toBe(loop);
    expect(shimd.seen.length).toBeGreaterThan(0);
  });

  test('is waited for by who waits for a container', async () => {
    shimd.troubled = loop;
    shimd.onRequest = (_seen, response) => answer(response, 200, exit);
    await expect(client.wait(ref, 'exit')).resolves.toEqual(exit);
  });
});
