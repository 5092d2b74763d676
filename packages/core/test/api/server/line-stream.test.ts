import { request, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { ShimError } from '../../../src/plugin/shim-error.js';
import { until } from '../../support/until.js';
import { ServedApi } from './support.js';

type Events = (query: unknown, signal: AbortSignal) => AsyncIterable<unknown>;

async function served(events: Events): Promise<ServedApi> {
  const api = await ServedApi.start();
  Object.assign(api.fake.service, { events });
  return api;
}

async function get(api: ServedApi, path: string): Promise<IncomingMessage> {
  const sent = request({ socketPath: api.path, path });
  sent.on('error', () => undefined);
  const answered = once(sent, 'response') as Promise<[IncomingMessage]>;
  sent.end();
  const [response] = await answered;
  return response.setEncoding('utf8');
}

test('a stream answers with a line for each document, and hands the query on', async () => {
  const queries: unknown[] = [];
  const api = await served(async function* (query) {
    queries.push(query);
    yield { a: 1 };
    await Promise.resolve();
    yield { b: 2 };
  });
  const response = await get(api, '/v1/events?since=5&after=7&follow=1');
  expect(response.headers['content-type']).toBe('application/x-ndjson');
  expect((await response.toArray()).join('')).toBe('{"a":1}\n{"b":2}\n');
  expect(queries).toEqual([{ since: '5', after: 7, follow: true }]);
});

test('the head comes before the first line, and a listener does not make the shim busy', async () => {
  const api = await served(async function* (_query, signal) {
    await once(signal, 'abort');
    yield* [];
  });
  const response = await get(api, '/v1/events?follow=1');
  expect([response.statusCode, api.server.active]).toEqual([200, 0]);
});

test('the source is told that the client has gone', async () => {
  let gone = false;
  const api = await served(async function* (_query, signal) {
    signal.addEventListener('abort', () => (gone = true));
    await once(signal, 'abort');
    yield* [];
  });
  (await get(api, '/v1/events')).destroy();
  await until(() => gone);
  expect(gone).toBe(true);
});

test('a client that does not read holds up the source', async () => {
  let taken = 0;
  const api = await served(async function* () {
    for (; taken < 3_000; taken += 1) {
      await Promise.resolve();
      yield { text: 'x'.repeat(10_000) };
    }
  });
  const response = await get(api, '/v1/events');
  let before = -1;
  // It comes to rest: no event tells.
  await until(() => before === (before = taken) && taken > 0);
  expect(taken).toBeLessThan(1_000);
  const text = (await response.toArray()).join('');
  expect([taken, text.length]).toEqual([3_000, 3_000 * ('{"text":""}\n'.length + 10_000)]);
});

test('what refuses the request is an error answer, and a source that fails later cuts the stream off', async () => {
  const refusing = await served(() => {
    throw new ShimError('SHIM_INVALID_ARGUMENT', 'no time');
  });
  expect(await refusing.call('GET', '/v1/events?since=x')).toMatchObject({
    status: 400,
    body: { error: { message: 'no time' } },
  });
  expect(await refusing.call('GET', '/v1/events?after=x')).toMatchObject({ status: 400 });
  const failing = await served(async function* () {
    yield await Promise.resolve({ a: 1 });
    throw new Error('broken');
  });
  await expect((await get(failing, '/v1/events')).toArray()).rejects.toThrow('aborted');
  expect(failing.logger.lines).toEqual(['error: a stream of lines failed']);
});
