import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Socket } from 'node:net';
import {
  CODE,
  NAMESPACE_KEY,
  registerTask,
  TASK_METHODS,
  TASK_SERVICES,
  TtrpcError,
  TtrpcServer,
} from '../../src/index.js';
import type { TaskContext, TaskService } from '../../src/index.js';
import { KillRequest, StateRequest, StateResponse, STATUS } from '../../src/messages/task.js';
import { FrameInbox, requestFrame } from '../support/frames.js';
import { socketPair } from '../support/socket-pair.js';

/** Answers State and Kill, and says NotFound to everything else. */
function fakeService(seen: { request: unknown; context: TaskContext }[]): TaskService {
  const missing = () => Promise.reject(new TtrpcError(CODE.NotFound, 'no such task: not found'));
  const service = Object.fromEntries(Object.keys(TASK_METHODS).map((key) => [key, missing])) as unknown as TaskService;
  return {
    ...service,
    state: async (request, context) => {
      seen.push({ request, context });
      return { id: request.id, pid: 4711, status: STATUS.RUNNING };
    },
    kill: async (request, context) => void seen.push({ request, context }),
  };
}

describe('the task service', () => {
  const seen: { request: unknown; context: TaskContext }[] = [];
  let client: Socket;
  let inbox: FrameInbox;
  let server: TtrpcServer;

  beforeEach(async () => {
    seen.length = 0;
    const [near, far] = await socketPair();
    client = near;
    inbox = new FrameInbox(client);
    server = new TtrpcServer();
    registerTask(server, fakeService(seen));
    server.serveConnection({ id: 'k7/3', duplex: far });
  });
  afterEach(() => {
    server.close();
    client.destroy();
  });

  it.each(TASK_SERVICES)('answers as %s', async (service) => {
    client.write(requestFrame(1, { service, method: 'State', payload: StateRequest.encode({ id: 'c1' }) }));
    const { stream, payload, status } = await inbox.response();
    expect({ stream, status }).toEqual({ stream: 1, status: undefined });
    expect(StateResponse.decode(payload)).toMatchObject({ id: 'c1', pid: 4711, status: 2, execId: '' });
  });

  it('tells who calls: the namespace of the metadata, and an id of connection and stream', async () => {
    const metadata = [{ key: NAMESPACE_KEY, value: 'k8s.io' }];
    const payload = KillRequest.encode({ id: 'c1', execId: 'e1', signal: 9, all: true });
    client.write(requestFrame(5, { service: TASK_SERVICES[0], method: 'Kill', payload, metadata }));
    expect(await inbox.next()).toMatchObject({ stream: 5, type: 2, flags: 0, data: new Uint8Array(0) });
    expect(seen[0]?.request).toEqual({ id: 'c1', execId: 'e1', signal: 9, all: true });
    expect(seen[0]?.context).toMatchObject({ namespace: 'k8s.io', callId: 'k7/3/5' });
    expect(seen[0]?.context.signal.aborted).toBe(false);
  });

  it('serves every method, and tells the code and text of what one throws', async () => {
    const names = Object.values(TASK_METHODS).map(({ name }) => name);
    expect(names).toHaveLength(17);
    for (const [i, method] of names.entries()) {
      client.write(requestFrame(2 * i + 1, { service: TASK_SERVICES[1], method }));
      const { status } = await inbox.response();
      if (method === 'State' || method === 'Kill') expect(status, method).toBeUndefined();
      else expect(status, method).toMatchObject({ code: 5, message: 'no such task: not found' });
    }
  });

  it('refuses a request that is no such message', async () => {
    client.write(requestFrame(1, { service: TASK_SERVICES[0], method: 'State', payload: Buffer.from('0aff', 'hex') }));
    expect((await inbox.response()).status).toMatchObject({ code: CODE.InvalidArgument });
    expect(seen).toEqual([]);
  });
});
