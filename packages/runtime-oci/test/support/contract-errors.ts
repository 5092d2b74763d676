import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Runtime } from '@holdfast/core/plugin';
import type { Playground } from './playground.js';

type Call = (runtime: Runtime, id: string) => Promise<unknown> | undefined;

const CALLS: readonly (readonly [string, Call])[] = [
  ['start', (runtime, id) => runtime.start(id)],
  ['kill', (runtime, id) => runtime.kill(id, 9)],
  ['kill with all', (runtime, id) => runtime.kill(id, 9, { all: true })],
  ['delete', (runtime, id) => runtime.delete(id)],
  ['state', (runtime, id) => runtime.state(id)],
  ['pause', (runtime, id) => runtime.pause?.(id)],
  ['resume', (runtime, id) => runtime.resume?.(id)],
  ['update', (runtime, id) => runtime.update?.(id, {})],
  ['ps', (runtime, id) => runtime.ps?.(id)],
];

/** The errors of everything but exec. */
export function describeErrors(playground: () => Playground): void {
  it.each(CALLS)('knows that a container is not there: %s', async (_title, call) => {
    await expect(call(playground().runtime, 'nosuch')).rejects.toMatchObject({
      code: 'SHIM_CONTAINER_NOT_FOUND',
      where: expect.stringContaining('nosuch') as string,
    });
  });

  it.each(CALLS.filter(([title]) => ['start', 'kill', 'pause', 'resume'].includes(title)))(
    'refuses what a stopped container cannot do: %s',
    async (_title, call) => {
      const id = await playground().stopped();
      await expect(call(playground().runtime, id)).rejects.toMatchObject({ code: 'SHIM_ILLEGAL_STATE' });
    },
  );

  it.each(CALLS.filter(([title]) => ['start', 'delete'].includes(title)))(
    'refuses what a running container cannot do: %s',
    async (_title, call) => {
      const id = await playground().running();
      await expect(call(playground().runtime, id)).rejects.toMatchObject({ code: 'SHIM_ILLEGAL_STATE' });
    },
  );

  it('refuses an id twice and leaves the first container alone', async () => {
    const { runtime } = playground();
    const request = await playground().request();
    const io = await playground().stdio(request.id);
    const { pid } = await runtime.create(request, io);
    await expect(runtime.create(request, io)).rejects.toMatchObject({ code: 'SHIM_CONTAINER_EXISTS' });
    expect(await runtime.state(request.id)).toMatchObject({ status: 'created', pid });
  });

  it.each([
    ['a command that is not there', { args: ['nosuch'] }, 'SHIM_COMMAND_NOT_FOUND'],
    ['a command that is not executable', { args: ['/bin/plain'] }, 'SHIM_COMMAND_PERMISSION'],
    ['a rootfs that is not there', { rootfs: '/nosuch/rootfs' }, 'SHIM_ROOTFS_NOT_FOUND'],
  ])('refuses to create with %s', async (_title, options, code) => {
    const request = await playground().request(options);
    const io = await playground().stdio(request.id);
    await expect(playground().runtime.create(request, io)).rejects.toMatchObject({ code });
  });

  it('refuses to create from a spec that is no JSON', async () => {
    const request = await playground().request();
    await writeFile(join(request.bundle, 'config.json'), '{nope');
    const io = await playground().stdio(request.id);
    await expect(playground().runtime.create(request, io)).rejects.toMatchObject({ code: 'SHIM_SPEC_INVALID' });
  });
}
