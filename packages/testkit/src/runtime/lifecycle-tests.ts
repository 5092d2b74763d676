import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { ConformanceTest } from '../suite/register-tests.js';
import type { RuntimePlayground } from './playground.js';

const SIGUSR1 = 10;
const SIGKILL = 9;
const TRAP = 'trap "echo got usr1; exit" USR1; echo ready; while :; do sleep 1 & wait; done';

/** features, create, start, kill, delete, state and stdio. */
export function lifecycleTests(version: RegExp): readonly ConformanceTest<RuntimePlayground>[] {
  return [
    {
      title: 'says its version',
      async run({ runtime }) {
        const features = await runtime.features();
        expect(features.version).toMatch(version);
        expect(features.binary).not.toBe('');
      },
    },
    {
      title: 'takes a container from created over running to stopped and gone',
      run: wholeLife,
    },
    {
      title: 'gives the container the stdio it was handed, with nothing of its own',
      async run(playground) {
        const id = await playground.running({ args: ['echo', 'hello from inside'] });
        expect(await playground.untilOutput(id, 'inside')).toBe('hello from inside\n');
      },
    },
    {
      title: 'delivers the signal that was asked for',
      async run(playground) {
        const id = await playground.running({ args: ['sh', '-c', TRAP] });
        await playground.untilOutput(id, 'ready');
        await playground.runtime.kill(id, SIGUSR1);
        expect(await playground.untilOutput(id, 'got usr1')).toBe('ready\ngot usr1\n');
      },
    },
    {
      title: 'kills every process of the container with all',
      async run(playground) {
        const id = await playground.running();
        await playground.runtime.kill(id, SIGKILL, { all: true });
        expect((await playground.untilStatus(id, 'stopped')).status).toBe('stopped');
      },
    },
    {
      title: 'deletes a running container by force, and one that is unknown',
      async run(playground) {
        const id = await playground.running();
        await playground.runtime.delete(id, { force: true });
        await expect(playground.runtime.state(id)).rejects.toMatchObject({ code: 'SHIM_CONTAINER_NOT_FOUND' });
        await expect(playground.runtime.delete(id, { force: true })).resolves.toBeUndefined();
      },
    },
    { title: 'sends the terminal to the console socket', run: sendsTerminal },
    { title: 'starts nothing if its signal is aborted', run: startsNothing },
  ];
}

async function wholeLife(playground: RuntimePlayground): Promise<void> {
  const { runtime } = playground;
  const request = await playground.request();
  const { pid } = await runtime.create(request, await playground.stdio(request.id));
  expect(await runtime.state(request.id)).toMatchObject({
    ociVersion: expect.stringMatching(/^1\.\d+\.\d+/) as string,
    id: request.id,
    status: 'created',
    pid,
    bundle: request.bundle,
    annotations: { 'org.example.test': 'yes' },
  });
  await runtime.start(request.id);
  expect(await runtime.state(request.id)).toMatchObject({ status: 'running', pid });
  await runtime.kill(request.id, SIGKILL);
  expect(await playground.untilStatus(request.id, 'stopped')).toMatchObject({ pid: 0 });
  await runtime.delete(request.id);
  await expect(runtime.state(request.id)).rejects.toMatchObject({ code: 'SHIM_CONTAINER_NOT_FOUND' });
}

async function sendsTerminal(playground: RuntimePlayground): Promise<void> {
  const request = await playground.request({ terminal: true });
  const consoleSocket = join(playground.context.directory, 'console');
  // Unread, the pty master stays in the socket's queue; Node would drop it, and init would get SIGHUP.
  const server = createServer({ pauseOnConnect: true }).listen(consoleSocket);
  await once(server, 'listening');
  const connected = once(server, 'connection') as Promise<[Socket]>;
  try {
    const io = await playground.stdio(request.id);
    await playground.runtime.create({ ...request, consoleSocket }, io);
    const [socket] = await connected;
    expect(await playground.runtime.state(request.id)).toMatchObject({ status: 'created' });
    socket.destroy();
  } finally {
    server.close();
  }
}

async function startsNothing(playground: RuntimePlayground): Promise<void> {
  const { runtime } = playground;
  const request = await playground.request();
  const io = await playground.stdio(request.id);
  await expect(runtime.create(request, io, AbortSignal.abort())).rejects.toThrow();
  await expect(runtime.state(request.id)).rejects.toMatchObject({ code: 'SHIM_CONTAINER_NOT_FOUND' });
  await expect(runtime.features(AbortSignal.abort())).rejects.toThrow();
}
