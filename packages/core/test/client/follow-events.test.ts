import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { EventDocument } from '../../src/api/documents.js';
import { HttpShimClient } from '../../src/client/http-client.js';
import { answerError, FakeShimd } from './support/fake-shimd.js';

let shimd: FakeShimd;
let client: HttpShimClient;

beforeEach(async () => {
  shimd = new FakeShimd();
  await shimd.up();
  client = new HttpShimClient(shimd);
});

afterEach(() => shimd.remove());

const event = (cursor: number): EventDocument => ({
  ...{ cursor, time: '2026-01-01T00:00:00.000Z', type: 'start', namespace: 'default', id: `c${cursor}` },
  ...{ instance: 'i', group: 'default', attributes: {} },
});

const line = (cursor: number): string => `${JSON.stringify(event(cursor))}\n`;

async function cursors(events: AsyncIterable<EventDocument>): Promise<number[]> {
  const all: number[] = [];
  for await (const { cursor } of events) all.push(cursor);
  return all;
}

test('a query is answered and over', async () => {
  shimd.onRequest = (_seen, response) => response.end(line(1) + line(2));
  expect(await cursors(client.events({ since: '5' }))).toEqual([1, 2]);
  expect(shimd.seen.map(({ path }) => path)).toEqual(['/v1/events?since=5']);
});

test('following goes on behind the last whole event after shimd died, and ends when the keeper has gone', async () => {
  const answers: ((response: ServerResponse) => void)[] = [
    (response) => response.write(line(1) + line(2).slice(0, 9), () => response.destroy()),
    (response) => response.write(line(2) + line(3), () => response.destroy()),
    (response) => response.destroy(),
    (response) => response.write(line(4), () => void shimd.down()),
  ];
  shimd.onRequest = (_seen, response) => answers.shift()?.(response);
  expect(await cursors(client.events({ follow: true, since: '5' }))).toEqual([1, 2, 3, 4]);
  const tail = '&follow=1';
  expect(shimd.seen.map(({ path }) => path.replace('/v1/events?since=5', ''))).toEqual([
    tail,
    `&after=1${tail}`,
    `&after=3${tail}`,
    `&after=3${tail}`,
  ]);
  expect(shimd.ensured).toBe(0);
});

test('following from now on misses nothing of a restart before the first event', async () => {
  const before = Date.now() * 1_000;
  const answers: ((response: ServerResponse) => void)[] = [
    (response) => response.destroy(),
    (response) => response.write(line(8), () => void shimd.down()),
  ];
  shimd.onRequest = (_seen, response) => answers.shift()?.(response);
  expect(await cursors(client.events({ follow: true }))).toEqual([8]);
  const asked = shimd.seen.map(({ path }) => Number(/after=(\d+)/.exec(path)?.[1]));
  expect(asked[0]).toBeGreaterThanOrEqual(before);
  expect(asked[1]).toBe(asked[0]);
});

test("the server's error is the caller's, and so is a group that nobody serves", async () => {
  shimd.onRequest = (_seen, response) => answerError(response, 'SHIM_INVALID_ARGUMENT', 'no time');
  await expect(cursors(client.events({ since: 'x' }))).rejects.toMatchObject({ code: 'SHIM_INVALID_ARGUMENT' });
  await shimd.down();
  await expect(cursors(client.events({ follow: true }))).rejects.toMatchObject({ code: 'SHIM_UNAVAILABLE' });
  expect(shimd.ensured).toBe(0);
});

test('an aborted signal ends it', async () => {
  const controller = new AbortController();
  shimd.onRequest = (_seen, response) => void response.write(line(1));
  const seen: number[] = [];
  for await (const { cursor } of client.events({ follow: true }, controller.signal)) {
    seen.push(cursor);
    controller.abort();
  }
  expect(seen).toEqual([1]);
});
