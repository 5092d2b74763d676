import { expect } from 'vitest';
import type { ConformanceTest } from '../suite/register-tests.js';
import { memoryLimit } from './memory-limit.js';
import type { RuntimePlayground } from './playground.js';

const LIMIT = 64 << 20;

/** pause, resume, update and ps: methods that a runtime may lack. */
export const optionalTests: readonly ConformanceTest<RuntimePlayground>[] = [
  {
    title: 'pauses and resumes',
    needs: ['pause', 'resume'],
    async run(playground) {
      const { runtime } = playground;
      const id = await playground.running();
      await runtime.pause?.(id);
      expect(await runtime.state(id)).toMatchObject({ status: 'paused' });
      await runtime.resume?.(id);
      expect(await runtime.state(id)).toMatchObject({ status: 'running' });
    },
  },
  {
    title: 'lists the host pids of the processes',
    needs: ['ps'],
    async run(playground) {
      const id = await playground.running();
      const { pid } = await playground.runtime.state(id);
      expect(await playground.runtime.ps?.(id)).toEqual([pid]);
    },
  },
  {
    title: 'changes the resources of a running container',
    needs: ['update'],
    async run(playground) {
      const id = await playground.running();
      await playground.runtime.update?.(id, { memory: { limit: LIMIT } });
      expect(await memoryLimit((await playground.runtime.state(id)).pid)).toBe(LIMIT);
    },
  },
];
