import { readFile } from 'node:fs/promises';
import type { ErrorCode } from '@holdfast/core/plugin';
import { expect } from 'vitest';
import type { ConformanceTest } from '../suite/register-tests.js';
import type { RuntimePlayground } from './playground.js';

const REFUSED: readonly (readonly [what: string, command: string, code: ErrorCode])[] = [
  ['a command that is not there', 'nosuch', 'SHIM_COMMAND_NOT_FOUND'],
  ['a path that is not there', '/bin/nosuch', 'SHIM_COMMAND_NOT_FOUND'],
  ['a file that is not executable', '/bin/plain', 'SHIM_COMMAND_PERMISSION'],
  ['a directory', '/bin', 'SHIM_COMMAND_PERMISSION'],
];

/** exec, and how it fails. */
export const execTests: readonly ConformanceTest<RuntimePlayground>[] = [
  {
    title: 'starts a further process with its own stdio',
    async run(playground) {
      const id = await playground.running();
      const request = await playground.execRequest(id, ['sh', '-c', 'echo from exec; exec sleep 1000']);
      const { pid } = await playground.runtime.exec(id, request, await playground.stdio('exec'));
      expect(await playground.untilOutput('exec', 'exec')).toBe('from exec\n');
      expect((await readFile(`/proc/${pid}/cmdline`)).toString()).toBe('sleep\0' + '1000\0');
      expect(await playground.untilOutput(id, '')).toBe('');
    },
  },
  ...REFUSED.map(([what, command, code]) => ({
    title: `refuses to exec ${what}`,
    async run(playground: RuntimePlayground) {
      const id = await playground.running();
      await expect(exec(playground, id, command)).rejects.toMatchObject({ code });
      expect(await playground.runtime.state(id)).toMatchObject({ status: 'running' });
    },
  })),
  {
    title: 'refuses to exec in a container that has stopped',
    async run(playground) {
      const id = await playground.stopped();
      await expect(exec(playground, id, 'true')).rejects.toMatchObject({ code: 'SHIM_ILLEGAL_STATE' });
    },
  },
  {
    title: 'refuses to exec in a container that is paused',
    needs: ['pause'],
    async run(playground) {
      const id = await playground.running();
      await playground.runtime.pause?.(id);
      await expect(exec(playground, id, 'true')).rejects.toMatchObject({ code: 'SHIM_ILLEGAL_STATE' });
    },
  },
];

async function exec(playground: RuntimePlayground, id: string, command: string): Promise<unknown> {
  const request = await playground.execRequest(id, [command]);
  return playground.runtime.exec(id, request, await playground.stdio('exec'));
}
