import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { memoryLimit } from './memory-limit.js';
import type { Playground } from './playground.js';

const SIGUSR1 = 10;
const SIGKILL = 9;

/** create, start, kill, delete, state, pause, resume, update, ps. */
export function describeLifecycle(playground: () => Playground, version: RegExp): void {
  it('says its version', async () => {
    const features = await playground().runtime.features();
    expect(features.version).toMatch(version);
    expect(features.binary).not.toBe('');
  });

  it('takes a container from created over running to stopped and gone', async () => {
    const { runtime } = playground();
    const request = await playground().request();
    const { pid } = await runtime.create(request, await playground().stdio(request.id));
    expect(await runtime.state(request.id)).toEqual({
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
    expect(await playground().untilStatus(request.id, 'stopped')).toMatchObject({ pid: 0 });
    await runtime.delete(request.id);
    await expect(runtime.state(request.id)).rejects.toMatchObject({ code: 'SHIM_CONTAINER_NOT_FOUND' });
  });

  it('gives the container the stdio it was handed, with nothing of its own', async () => {
    const id = await playground().running({ args: ['echo', 'hello from inside'] });
    expect(await playground().untilOutput(id, 'inside')).toBe('hello from inside\n');
  });

  it('delivers the signal that was asked for', async () => {
    const script = 'trap "echo got usr1; exit" USR1; echo ready; while :; do sleep 1 & wait; done';
    const id = await playground().running({ args: ['sh', '-c', script] });
    await playground().untilOutput(id, 'ready');
    await playground().runtime.kill(id, SIGUSR1);
    await playground().untilOutput(id, 'got usr1');
  });

  it('kills every process of the container with all', async () => {
    const id = await playground().running();
    await playground().runtime.kill(id, SIGKILL, { all: true });
    expect((await playground().untilStatus(id, 'stopped')).pid).toBe(0);
  });

  it('deletes a running container by force, and one that is unknown', async () => {
    const id = await playground().running();
    await playground().runtime.delete(id, { force: true });
    await expect(playground().runtime.state(id)).rejects.toMatchObject({ code: 'SHIM_CONTAINER_NOT_FOUND' });
    await expect(playground().runtime.delete(id, { force: true })).resolves.toBeUndefined();
  });

  it('pauses and resumes', async () => {
    const { runtime } = playground();
    const id = await playground().running();
    await runtime.pause?.(id);
    expect(await runtime.state(id)).toMatchObject({ status: 'paused' });
    await runtime.resume?.(id);
    expect(await runtime.state(id)).toMatchObject({ status: 'running' });
  });

  it('lists the host pids of the processes', async () => {
    const id = await playground().running();
    const { pid } = await playground().runtime.state(id);
    expect(await playground().runtime.ps?.(id)).toEqual([pid]);
  });

  it('changes the resources of a running container', async () => {
    const id = await playground().running();
    await playground().runtime.update?.(id, { memory: { limit: 64 << 20 } });
    expect(await memoryLimit((await playground().runtime.state(id)).pid)).toBe(64 << 20);
  });

  it('sends the terminal to the console socket', async () => {
    const request = await playground().request({ terminal: true });
    const consoleSocket = join(playground().context.directory, 'console');
    // Unread, the pty master stays in the socket's queue; Node would drop it, and init would get SIGHUP.
    const server = createServer({ pauseOnConnect: true }).listen(consoleSocket);
    await once(server, 'listening');
    const connected = once(server, 'connection') as Promise<[Socket]>;
    try {
      const io = await playground().stdio(request.id);
      await playground().runtime.create({ ...request, consoleSocket }, io);
      const [socket] = await connected;
      expect(await playground().runtime.state(request.id)).toMatchObject({ status: 'created' });
      socket.destroy();
    } finally {
      server.close();
    }
  });
}
