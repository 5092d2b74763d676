import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { expect, it, onTestFinished, vi } from 'vitest';
import { ExpectedTasks } from '../../src/groups/expected-tasks.js';
import {
  groupServiceAt,
  registerGroup,
  type ExpectRequest,
  type RemoveRequest,
} from '../../src/groups/group-service.js';
import { CODE } from '../../src/ttrpc/codes.js';
import { TtrpcServer } from '../../src/ttrpc/server.js';

const EXPECT: ExpectRequest = {
  ...{ ttrpcAddress: '/t', environment: { HOLDFAST_ROOT: '/r' } },
  settings: { logLevel: 'info', idleTimeoutMs: 0 },
};
const REMOVE: RemoveRequest = { id: 'c', bundle: '/b', requestId: 'r' };

/** What was asked of the service, and the way to it. */
async function served() {
  const directory = mkdtempSync(join(tmpdir(), 'hf-group-'));
  const asked: object[] = [];
  const server = new TtrpcServer();
  registerGroup(server, {
    expect: (request) => Promise.resolve(void asked.push(request)),
    remove: (request) => Promise.resolve((asked.push(request), Uint8Array.of(1, 2))),
  });
  const listener = createServer((duplex) => void server.serveConnection({ id: 'c', duplex }));
  listener.listen(join(directory, 's'));
  await once(listener, 'listening');
  onTestFinished(() => {
    server.close();
    listener.close();
    rmSync(directory, { recursive: true });
  });
  return { asked, service: groupServiceAt(join(directory, 's'), 5_000) };
}

it('passes on what is asked of another group', async () => {
  const { asked, service } = await served();
  await service.expect(EXPECT);
  expect([...(await service.remove(REMOVE))]).toEqual([1, 2]);
  expect(asked).toEqual([EXPECT, REMOVE]);
});

it.each([
  ['no variables', { ...EXPECT, environment: { A: 7 } }],
  ['no settings', { ...EXPECT, settings: undefined }],
  ['a timeout that is none', { ...EXPECT, settings: { logLevel: 'info', idleTimeoutMs: 'soon' } }],
])('refuses a task that is expected with %s', async (_what, request) => {
  const { asked, service } = await served();
  await expect(service.expect(request as unknown as ExpectRequest)).rejects.toMatchObject({
    code: CODE.InvalidArgument,
  });
  expect(asked).toEqual([]);
});

it.each(['id', 'bundle', 'requestId'])('refuses a removal without %s', async (name) => {
  const { service } = await served();
  await expect(service.remove({ ...REMOVE, [name]: '' })).rejects.toMatchObject({ code: CODE.InvalidArgument });
});

it('rejects with Unavailable if nobody is there', async () => {
  await expect(groupServiceAt('/no/such/socket', 1_000).expect(EXPECT)).rejects.toMatchObject({
    code: CODE.Unavailable,
  });
});

it('a task is expected until somebody comes, or for 5 s', () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  let changes = 0;
  const expected = new ExpectedTasks(() => (changes += 1));
  expected.came('a');
  expect([expected.any, changes]).toEqual([false, 0]);
  expected.add('a');
  expected.add('b');
  expected.came('a');
  expect([expected.any, changes]).toEqual([true, 3]);
  vi.advanceTimersByTime(5_000);
  expect([expected.any, changes]).toEqual([false, 4]);
});
