import { isPlugin, type Runtime } from '@holdfast/core/plugin';
import { RuntimePlayground } from '@holdfast/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import plugin from '../runtime-logged.mjs';

interface Timing {
  readonly command: string;
  readonly ms: number;
  readonly code: number;
}

describe('the logged runtime on a real runc', () => {
  let playground: RuntimePlayground;
  let runtime: Runtime;

  beforeEach(async () => {
    playground = await RuntimePlayground.open({ name: 'logged', definition: plugin });
    runtime = playground.runtime;
  });
  afterEach(async () => {
    expect(await playground.close()).toEqual([]);
  });

  function timings(): Timing[] {
    return playground.context.logger.messages.map(({ fields }) => fields as Timing);
  }

  it('is a runtime plugin', () => {
    expect(isPlugin(plugin)).toBe(true);
    expect('pause' in runtime).toBe(false);
  });

  it('takes a container through its life and logs the time of every command', async () => {
    const id = await playground.running();
    const request = await playground.execRequest(id, ['sleep', '1000']);
    const { pid } = await runtime.exec(id, request, await playground.stdio('exec'));
    expect(pid).toBeGreaterThan(1);
    await runtime.kill(id, 9, { all: true });
    await playground.untilStatus(id, 'stopped');
    await runtime.delete(id);
    const commands = new Set(timings().map(({ command }) => command));
    expect([...commands]).toEqual(['create', 'start', 'exec', 'kill', 'state', 'delete']);
    for (const timing of timings()) expect(timing).toMatchObject({ ms: expect.any(Number) as number, code: 0 });
  });

  it('reports a failure with a code and logs its time too', async () => {
    await expect(runtime.state('nosuch')).rejects.toMatchObject({
      code: 'SHIM_CONTAINER_NOT_FOUND',
      where: 'runc state nosuch',
    });
    expect(timings()).toMatchObject([{ command: 'state', code: 1 }]);
  });

  it('says which binary it drives', async () => {
    expect(await runtime.features()).toMatchObject({
      version: expect.stringMatching(/^runc version /) as string,
      binary: 'runc',
    });
  });
});
