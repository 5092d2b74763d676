import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ErrorCode, Runtime } from '@holdfast/core/plugin';
import { expect } from 'vitest';
import type { ConformanceTest } from '../suite/register-tests.js';
import type { ContainerOptions, RuntimePlayground } from './playground.js';

interface Call {
  readonly name: string;
  /** The optional method that it calls. */
  readonly needs: readonly string[];
  readonly call: (runtime: Runtime, id: string) => Promise<unknown> | undefined;
}

const CALLS: readonly Call[] = [
  { name: 'start', needs: [], call: (runtime, id) => runtime.start(id) },
  { name: 'kill', needs: [], call: (runtime, id) => runtime.kill(id, 9) },
  { name: 'kill with all', needs: [], call: (runtime, id) => runtime.kill(id, 9, { all: true }) },
  { name: 'delete', needs: [], call: (runtime, id) => runtime.delete(id) },
  { name: 'state', needs: [], call: (runtime, id) => runtime.state(id) },
  { name: 'pause', needs: ['pause'], call: (runtime, id) => runtime.pause?.(id) },
  { name: 'resume', needs: ['resume'], call: (runtime, id) => runtime.resume?.(id) },
  { name: 'update', needs: ['update'], call: (runtime, id) => runtime.update?.(id, {}) },
  { name: 'ps', needs: ['ps'], call: (runtime, id) => runtime.ps?.(id) },
];

const REFUSED: readonly (readonly [what: string, options: ContainerOptions, code: ErrorCode])[] = [
  ['a command that is not there', { args: ['nosuch'] }, 'SHIM_COMMAND_NOT_FOUND'],
  ['a command that is not executable', { args: ['/bin/plain'] }, 'SHIM_COMMAND_PERMISSION'],
  ['a rootfs that is not there', { rootfs: '/nosuch/rootfs' }, 'SHIM_ROOTFS_NOT_FOUND'],
];

/** The errors of everything but exec. */
export const errorTests: readonly ConformanceTest<RuntimePlayground>[] = [
  ...CALLS.map(({ name, needs, call }) => ({
    title: `knows that a container is not there: ${name}`,
    needs,
    async run({ runtime }: RuntimePlayground) {
      await expect(call(runtime, 'nosuch')).rejects.toMatchObject({
        code: 'SHIM_CONTAINER_NOT_FOUND',
        where: expect.stringContaining('nosuch') as string,
      });
    },
  })),
  ...illegal('stopped', ['start', 'kill', 'pause', 'resume']),
  ...illegal('running', ['start', 'delete']),
  {
    title: 'refuses an id twice and leaves the first container alone',
    async run(playground) {
      const { runtime } = playground;
      const request = await playground.request();
      const io = await playground.stdio(request.id);
      const { pid } = await runtime.create(request, io);
      await expect(runtime.create(request, io)).rejects.toMatchObject({ code: 'SHIM_CONTAINER_EXISTS' });
      expect(await runtime.state(request.id)).toMatchObject({ status: 'created', pid });
    },
  },
  ...REFUSED.map(([what, options, code]) => ({
    title: `refuses to create with ${what}`,
    async run(playground: RuntimePlayground) {
      const request = await playground.request(options);
      const io = await playground.stdio(request.id);
      await expect(playground.runtime.create(request, io)).rejects.toMatchObject({ code });
    },
  })),
  {
    title: 'refuses to create from a spec that is no JSON',
    async run(playground) {
      const request = await playground.request();
      await writeFile(join(request.bundle, 'config.json'), '{nope');
      const io = await playground.stdio(request.id);
      await expect(playground.runtime.create(request, io)).rejects.toMatchObject({ code: 'SHIM_SPEC_INVALID' });
    },
  },
];

/** What a container that is `status` cannot do. */
function illegal(status: 'stopped' | 'running', names: readonly string[]): ConformanceTest<RuntimePlayground>[] {
  return CALLS.filter(({ name }) => names.includes(name)).map(({ name, needs, call }) => ({
    title: `refuses what a ${status} container cannot do: ${name}`,
    needs,
    async run(playground) {
      const id = await playground[status]();
      await expect(call(playground.runtime, id)).rejects.toMatchObject({ code: 'SHIM_ILLEGAL_STATE' });
    },
  }));
}
