import { expect, test } from 'vitest';
import { ShimError } from '../../../src/plugin/shim-error.js';
import { readAll, ServedApi } from './support.js';

const REF = { namespace: 'default', id: 'c1' };
const EXEC = { ...REF, execId: 'e1' };
const C1 = '/v1/containers/default/c1';
const id = { requestId: 'r' };
const UPGRADE = {
  ...{ requestId: 'r', version: '2', stateSchema: 1, program: '/node', args: ['a b'] },
  environment: { PATH: '/bin' },
  force: false,
};

test.each([
  ['GET', '/v1/version', undefined, ['version']],
  ['GET', '/v1/containers', undefined, ['list']],
  ['POST', '/v1/upgrade', UPGRADE, ['upgrade', UPGRADE]],
  ['GET', C1, undefined, ['inspect', REF]],
  ['DELETE', `${C1}?requestId=r`, undefined, ['delete', REF, { ...id, force: false }]],
  ['DELETE', `${C1}?requestId=r&force=1`, undefined, ['delete', REF, { ...id, force: true }]],
  ['POST', `${C1}/start`, id, ['start', REF, id]],
  ['POST', `${C1}/kill`, { ...id, signal: 9, all: true }, ['kill', REF, { ...id, signal: 9, all: true }]],
  ['POST', `${C1}/stop`, { ...id, timeoutMs: 5 }, ['stop', REF, { ...id, timeoutMs: 5 }]],
  ['GET', `${C1}/wait?until=exit`, undefined, ['wait', REF, 'exit']],
  ['GET', `${C1}/wait`, undefined, ['wait', REF, 'drained']],
  ['POST', `${C1}/recover`, id, ['recover', REF, id]],
  ['POST', `${C1}/reopen-logs`, id, ['reopenLogs', REF, id]],
  ['POST', `${C1}/execs/e1/start`, id, ['startExec', EXEC, id, {}]],
  ['POST', `${C1}/execs/e1/kill`, { ...id, signal: 1 }, ['killExec', EXEC, { ...id, signal: 1 }]],
  ['GET', `${C1}/execs/e1/wait`, undefined, ['waitExec', EXEC]],
  ['DELETE', `${C1}/execs/e1`, undefined, ['deleteExec', EXEC]],
  ['GET', '/v1/containers/a%2Fb/%2e%2e', undefined, ['inspect', { namespace: 'a/b', id: '..' }]],
])('%s %s calls the service', async (method, path, body, call) => {
  const api = await ServedApi.start();
  // As Node sends it: the URL parser takes `%2e%2e` for a parent directory, so such a path names nothing.
  const { status } = await api.call(method, path, body);
  if (path.includes('%2e')) expect([status, api.fake.calls]).toEqual([400, []]);
  else expect([status, api.fake.calls]).toEqual([200, [call]]);
});

test('GET /metrics answers with what Prometheus reads, beside /v1', async () => {
  const api = await ServedApi.start((method) => (method === 'metrics' ? 'a_metric 1\n' : {}));
  const socket = api.raw('GET /metrics?by=prometheus HTTP/1.1\r\nHost: shim\r\nConnection: close\r\n\r\n');
  const [head, body] = (await readAll(socket)).toString().split('\r\n\r\n');
  expect(head).toContain('HTTP/1.1 200 ');
  expect(head).toContain('Content-Type: text/plain; version=0.0.4; charset=utf-8');
  expect(body).toBe('a_metric 1\n');
  for (const path of ['/v1/metrics', '/v1//metrics', '/metrics/', '//metrics'])
    expect([path, (await api.call('GET', path)).status]).toEqual([path, 400]);
  expect((await api.call('POST', '/metrics', {})).status).toBe(400);
});

test('create and exec requests reach the service as they are', async () => {
  const api = await ServedApi.start();
  const plugin = { plugin: 'x', path: null, version: '1', options: { any: 1 } };
  const limits = { runtimeTimeoutMs: 1, drainTimeoutMs: 1, stopTimeoutMs: 1, logTimeoutMs: 1 };
  const config = { runtime: { name: 'x', ...plugin }, logs: [plugin], logDirectory: '/l', limits };
  const create = { ...REF, ...id, bundle: '/b', config, stdin: true, autoRemove: false };
  const exec = { ...id, execId: 'e1', process: { args: ['x'] }, stdin: false, detached: true };
  expect((await api.call('POST', '/v1/containers', create)).status).toBe(200);
  expect((await api.call('POST', `${C1}/execs`, exec)).status).toBe(200);
  expect(api.fake.calls).toEqual([
    ['create', create, {}],
    ['createExec', REF, exec],
  ]);
});

test.each([
  ['no JSON', `${C1}/start`, '{', /not JSON/],
  ['no body', `${C1}/start`, '', /start: the body is empty/],
  ['a list', `${C1}/start`, [], /start/],
  ['a missing field', `${C1}/start`, {}, /requestId/],
  ['a wrong type', `${C1}/kill`, { requestId: 'r', signal: 'KILL', all: false }, /signal/],
  ['a signal out of range', `${C1}/kill`, { requestId: 'r', signal: 65, all: false }, /signal/],
  ['an unknown field', `${C1}/start`, { requestId: 'r', pidd: 1 }, /pidd/],
  ['a relative bundle', '/v1/containers', { bundle: 'b' }, /bundle/],
  ['__proto__', `${C1}/start`, '{"requestId":"r","__proto__":{"x":1}}', /__proto__/],
])('%s is refused in words, and the service is not called', async (_what, path, body, message) => {
  const api = await ServedApi.start();
  const answer = await api.call('POST', path, body);
  expect([answer.status, answer.body.error?.code]).toEqual([400, 'SHIM_INVALID_ARGUMENT']);
  expect(answer.body.error?.message).toMatch(message);
  expect(api.fake.calls).toEqual([]);
});

test('without a body the remedy says what to send', async () => {
  const api = await ServedApi.start();
  const { body } = await api.call('POST', `${C1}/kill`, '');
  expect(body.error?.remedy).toBe('Send a JSON object with requestId, signal.');
});

test('a signal goes to init unless all is said', async () => {
  const api = await ServedApi.start();
  await api.call('POST', `${C1}/kill`, { requestId: 'r', signal: 15 });
  await api.call('POST', `${C1}/kill`, { requestId: 's', signal: 15, all: true });
  expect(api.fake.calls).toEqual([
    ['kill', REF, { requestId: 'r', signal: 15, all: false }],
    ['kill', REF, { requestId: 's', signal: 15, all: true }],
  ]);
});

test('remedies name the container of the path', async () => {
  const api = await ServedApi.start(() => {
    throw new ShimError('SHIM_ILLEGAL_STATE', 'no');
  });
  const { body } = await api.call('POST', `${C1}/start`, { requestId: 'r' });
  expect(body.error?.remedy).toMatch(/^`shimctl (--namespace \S+ )?inspect c1` shows/);
});

test.each([
  ['GET', '/'],
  ['GET', '/v1'],
  ['GET', '/v2/version'],
  ['GET', '/v1/version/more'],
  ['PUT', '/v1/version'],
  ['GET', '//'],
  ['GET', '/v1/containers/%zz/a'],
  ['DELETE', C1],
])('%s %s is no call', async (method, path) => {
  const api = await ServedApi.start();
  const { status, body } = await api.call(method, path);
  expect([status, body.error?.code, api.fake.calls]).toEqual([400, 'SHIM_INVALID_ARGUMENT', []]);
});

test('a body over 4 MiB is refused with an answer, and the server goes on', async () => {
  const api = await ServedApi.start();
  const { status, body } = await api.call('POST', `${C1}/start`, Buffer.alloc(5 << 20, 'x'));
  expect([status, body.error?.message]).toEqual([400, 'the request body is over 4194304 bytes']);
  expect((await api.call('GET', '/v1/version')).status).toBe(200);
});

test.each([
  [
    new ShimError('SHIM_CONTAINER_NOT_FOUND', 'none', { where: 'ns' }),
    404,
    { code: 'SHIM_CONTAINER_NOT_FOUND', message: 'none', where: 'ns' },
  ],
  [new ShimError('SHIM_ILLEGAL_STATE', 'no'), 409, { code: 'SHIM_ILLEGAL_STATE' }],
  [new TypeError('bug'), 500, { code: 'SHIM_INTERNAL', message: 'bug' }],
])('%s answers with its status and document', async (error, status, document) => {
  const api = await ServedApi.start(() => {
    throw error;
  });
  const answer = await api.call('GET', '/v1/version');
  expect(answer).toMatchObject({ status, body: { error: { ...document, remedy: expect.any(String) as string } } });
});
