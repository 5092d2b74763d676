import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  CODE,
  DeleteResponse,
  EVENTS_SERVICE,
  ForwardRequest,
  NAMESPACE_KEY,
  packAny,
  registerTask,
  STATUS,
  TASK_METHODS,
  TaskExit,
  timestampOf,
  TtrpcClient,
  TtrpcError,
  TtrpcServer,
} from '../../src/index.js';
import type { TaskContext, TaskService } from '../../src/index.js';
import { Containerd, withoutContainerd } from '../support/containerd.js';

const reason = withoutContainerd();
const METADATA = new Map([[NAMESPACE_KEY, ['hf-test']]]);

/** A task that ends with `exitStatus` as soon as it was started, and is no process. */
function fakeTask(exitStatus: number, calls: { method: string; context: TaskContext }[]): TaskService {
  let exit: () => void = () => undefined;
  const exited = new Promise<void>((resolve) => (exit = resolve));
  const exitedAt = timestampOf(BigInt(Date.now()) * 1_000_000n);
  let status: number = STATUS.CREATED;
  const answers: Partial<TaskService> = {
    create: async () => ({ pid: 4_190_000 }),
    connect: async () => ({ shimPid: process.pid, taskPid: 4_190_000, version: '2' }),
    start: async () => {
      status = STATUS.STOPPED;
      exit();
      return { pid: 4_190_000 };
    },
    wait: async () => exited.then(() => ({ exitStatus, exitedAt })),
    state: async ({ id }) => ({ id, pid: 4_190_000, status, exitStatus, exitedAt }),
    delete: async () => ({ pid: 4_190_000, exitStatus, exitedAt }),
    shutdown: async () => undefined,
  };
  const unsupported = () => Promise.reject(new TtrpcError(CODE.Unimplemented, 'not here'));
  return Object.fromEntries(
    (Object.keys(TASK_METHODS) as (keyof TaskService)[]).map((method) => [
      method,
      (request: never, context: TaskContext) => {
        calls.push({ method, context });
        return (answers[method] ?? unsupported)(request, context);
      },
    ]),
  ) as unknown as TaskService;
}

/** What containerd calls: `start` tells where the test listens. */
const shimScript = (directory: string): string => `#!/bin/sh
for action; do :; done
case $action in
start) printf unix://${directory}/shim.sock | tee address ;;
delete) cat ${directory}/deleted ;;
esac
`;

describe.skipIf(reason !== undefined)(`with the real containerd${reason === undefined ? '' : ` (${reason})`}`, () => {
  const containerd = new Containerd();
  beforeAll(() => containerd.start());
  afterAll(() => containerd.close());

  describe('our client and its server', () => {
    let client: TtrpcClient;
    beforeEach(async () => {
      client = await TtrpcClient.connect(containerd.ttrpcAddress);
    });
    afterEach(() => client.close());

    const forward = (containerId: string, topic = '/tasks/exit'): Promise<Uint8Array> => {
      const time = timestampOf(1_600_000_000_000_000_001n);
      const event = packAny(TaskExit, { containerId, id: 'e1', pid: 42, exitStatus: 137, exitedAt: time });
      const envelope = { timestamp: time, namespace: 'hf-test', topic, event };
      const payload = ForwardRequest.encode({ envelope });
      return client.call({
        service: EVENTS_SERVICE,
        method: 'Forward',
        payload,
        metadata: METADATA,
        timeoutMs: 20_000,
      });
    };

    it('publish an event, which ctr shows', async () => {
      const ctr = containerd.spawnCtr('events');
      let shown = '';
      ctr.stdout!.setEncoding('utf8').on('data', (text: string) => (shown += text));
      // Nothing tells that ctr listens but the first event that it shows.
      while (!shown.includes('\n')) {
        expect(await forward('first')).toHaveLength(0);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      await forward('späße');
      while (!shown.includes('späße')) await once(ctr.stdout!, 'data');
      const line = shown.split('\n').find((text) => text.includes('späße'));
      expect(line).toMatch(/^2020-09-13 12:26:40\.000000001 \+0000 UTC hf-test \/tasks\/exit \{/);
      expect(JSON.parse(line!.slice(line!.indexOf('{')))).toEqual({
        container_id: 'späße',
        id: 'e1',
        pid: 42,
        exit_status: 137,
        exited_at: '2020-09-13T12:26:40.000000001Z',
      });
      const exited = once(ctr, 'exit');
      ctr.kill();
      await exited;
    });

    it('agree about errors', async () => {
      await expect(forward('c', 'no topic')).rejects.toMatchObject({
        code: CODE.InvalidArgument,
        message: expect.stringContaining('topic') as string,
      });
      const call = (service: string, method: string) => client.call({ service, method, metadata: METADATA });
      await expect(call('no.Such', 'Method')).rejects.toMatchObject({ code: CODE.Unimplemented });
      await expect(call(EVENTS_SERVICE, 'NoSuch')).rejects.toMatchObject({ code: CODE.Unimplemented });
      expect(await forward('c')).toHaveLength(0);
    });

    it('have a hundred calls at once', async () => {
      const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => forward(`c${i}`)));
      expect(answers.every((answer) => answer.length === 0)).toBe(true);
    });
  });

  it('its client and our server run a task', async () => {
    const { directory } = containerd;
    const calls: { method: string; context: TaskContext }[] = [];
    const server = new TtrpcServer();
    registerTask(server, fakeTask(7, calls));
    let connections = 0;
    const listener: Server = createServer((duplex) => {
      server.serveConnection({ id: `c${++connections}`, duplex, metadata: new Map([[NAMESPACE_KEY, ['hf-test']]]) });
    }).listen(join(directory, 'shim.sock'));
    await once(listener, 'listening');
    writeFileSync(join(directory, 'deleted'), DeleteResponse.encode({ pid: 4_190_000, exitStatus: 7 }));
    containerd.install('containerd-shim-hftest-v1', shimScript(directory));
    const rootfs = join(directory, 'rootfs');
    mkdirSync(rootfs);

    const args = ['run', '--rm', '--null-io', '--runtime', 'io.containerd.hftest.v1', '--rootfs', rootfs, 'c1', 'true'];
    const failure = await containerd.ctr('--namespace', 'hf-test', ...args).then(
      () => 'no failure',
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ code: 7, stderr: '' });
    const methods = calls.map(({ method }) => method);
    expect(methods).toEqual(expect.arrayContaining(['create', 'wait', 'start', 'state', 'delete', 'shutdown']));
    expect(methods.indexOf('create')).toBeLessThan(methods.indexOf('start'));
    expect(new Set(calls.map(({ context }) => context.namespace))).toEqual(new Set(['hf-test']));
    expect(new Set(calls.map(({ context }) => context.callId)).size).toBe(calls.length);
    server.close();
    listener.close();
  });
});
