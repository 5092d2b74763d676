import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Shim } from '../../src/lifecycle/shim.js';
import { ShimError } from '../../src/plugin/shim-error.js';
import { REF, ShimFixture } from '../support/shim-fixture.js';

async function running(): Promise<{ fixture: ShimFixture; shim: Shim }> {
  const fixture = new ShimFixture();
  const { shim } = fixture.compose();
  await shim.create(fixture.request());
  await shim.start(REF, { requestId: 'start' });
  return { fixture, shim };
}

async function paused(): Promise<{ fixture: ShimFixture; shim: Shim }> {
  const parts = await running();
  await parts.shim.pause(REF, { requestId: 'pause' });
  return parts;
}

const count = (fixture: ShimFixture, call: string): number =>
  fixture.runtime.calls.filter((made) => made === call).length;

test('pause and resume change the status, and the same request runs once', async () => {
  const { fixture, shim } = await running();
  expect(await shim.pause(REF, { requestId: 'p' })).toMatchObject({ status: 'paused' });
  expect(await shim.pause(REF, { requestId: 'p' })).toMatchObject({ status: 'paused' });
  expect(await shim.resume(REF, { requestId: 'r' })).toMatchObject({ status: 'running' });
  expect([count(fixture, 'pause c1'), count(fixture, 'resume c1')]).toEqual([1, 1]);
});

test.each(['pause', 'resume'] as const)('%s records its intent before the deed', async (operation) => {
  const { fixture, shim } = operation === 'pause' ? await running() : await paused();
  const phases: string[] = [];
  fixture.runtime.before = () => {
    const text = readFileSync(join(fixture.layout.container(REF), 'runtime.json'), 'utf8');
    phases.push((JSON.parse(text) as { phase: string }).phase);
  };
  await shim[operation](REF, { requestId: 'x' });
  expect(phases).toEqual([operation === 'pause' ? 'pausing' : 'resuming']);
});

test('what is paused can neither be paused nor be exec-ed in, and what runs not resumed', async () => {
  const { fixture, shim } = await paused();
  const illegal = { code: 'SHIM_ILLEGAL_STATE', message: expect.stringContaining('it is paused') as string };
  await expect(shim.pause(REF, { requestId: 'again' })).rejects.toMatchObject(illegal);
  const exec = { requestId: 'e', execId: 'e1', process: {}, stdin: false, detached: true };
  await expect(shim.createExec(REF, exec)).rejects.toMatchObject(illegal);
  await shim.resume(REF, { requestId: 'r' });
  await expect(shim.resume(REF, { requestId: 'again2' })).rejects.toMatchObject({ code: 'SHIM_ILLEGAL_STATE' });
  expect(count(fixture, 'pause c1')).toBe(1);
});

test('a pause that fails leaves what the runtime says, and its error', async () => {
  const { fixture, shim } = await running();
  fixture.runtime.after = (call) => {
    if (call.startsWith('pause')) throw new ShimError('SHIM_RUNTIME_TIMEOUT', 'no end');
  };
  await expect(shim.pause(REF, { requestId: 'p' })).rejects.toMatchObject({ code: 'SHIM_RUNTIME_TIMEOUT' });
  expect(await shim.inspect(REF)).toMatchObject({ status: 'paused' });
  fixture.runtime.before = (call) => {
    if (call.startsWith('resume')) throw new ShimError('SHIM_RUNTIME_FAILED', 'busy');
  };
  await expect(shim.resume(REF, { requestId: 'r' })).rejects.toMatchObject({ code: 'SHIM_RUNTIME_FAILED' });
  expect(await shim.inspect(REF)).toMatchObject({ status: 'paused' });
});

test('a runtime without pause says so and nothing is recorded', async () => {
  const { fixture, shim } = await running();
  Object.assign(fixture.runtime, { pause: undefined });
  await expect(shim.pause(REF, { requestId: 'p' })).rejects.toMatchObject({ code: 'SHIM_UNSUPPORTED' });
  expect(await shim.inspect(REF)).toMatchObject({ status: 'running' });
});

describe('a paused container ends', () => {
  test('by stop, which lets it handle its signal', async () => {
    const { fixture, shim } = await paused();
    expect(await shim.stop(REF, { requestId: 's' })).toMatchObject({ signal: 'SIGTERM' });
    expect(fixture.runtime.calls.slice(-2)).toEqual(['kill c1 15', 'resume c1']);
  });

  test('by stop, when it is paused again meanwhile', async () => {
    const { fixture, shim } = await paused();
    fixture.runtime.deadly = (signal) => signal === 9;
    const stopping = shim.stop(REF, { requestId: 's', timeoutMs: 50 });
    fixture.runtime.after = (call) => {
      if (call.startsWith('resume') && count(fixture, 'resume c1') === 1)
        fixture.runtime.process('c1').status = 'paused';
    };
    expect(await stopping).toMatchObject({ signal: 'SIGKILL' });
  });

  test('by the signal KILL, while others wait until it is resumed', async () => {
    const { fixture, shim } = await paused();
    fixture.runtime.deadly = (signal) => signal === 9;
    await shim.kill(REF, { requestId: 'k1', signal: 10, all: false });
    expect(count(fixture, 'resume c1')).toBe(0);
    const kept: unknown[] = [];
    fixture.runtime.before = () => {
      const text = readFileSync(join(fixture.layout.container(REF), 'runtime.json'), 'utf8');
      kept.push((JSON.parse(text) as { killing?: unknown }).killing);
    };
    await shim.kill(REF, { requestId: 'k2', signal: 9, all: false });
    // Before the signal and before it is thawed.
    expect(kept).toEqual([{ all: false }, { all: false }]);
    expect(await shim.wait(REF, 'drained')).toMatchObject({ signal: 'SIGKILL' });
  });

  test('by delete --force', async () => {
    const { fixture, shim } = await paused();
    await shim.delete(REF, { requestId: 'd', force: true });
    expect(await shim.list()).toEqual([]);
    expect(fixture.keeper.held.size).toBe(0);
  });

  test('by delete --force, when it was paused behind our back', async () => {
    const { fixture, shim } = await running();
    fixture.runtime.process('c1').status = 'paused';
    await shim.delete(REF, { requestId: 'd', force: true });
    expect(await shim.list()).toEqual([]);
  });
});

describe('after a restart of shimd', () => {
  async function recovered(phase: string, status: 'running' | 'paused'): Promise<{ fixture: ShimFixture; shim: Shim }> {
    const { fixture } = await running();
    const file = join(fixture.layout.container(REF), 'runtime.json');
    const old = JSON.parse(readFileSync(file, 'utf8')) as { requests: string[] };
    writeFileSync(file, JSON.stringify({ ...old, phase, requests: [...old.requests, 'cut'] }));
    fixture.runtime.process('c1').status = status;
    const { shim, containers } = fixture.compose();
    await containers.recover();
    return { fixture, shim };
  }

  test.each([
    ['pausing', 'running', 'paused'],
    ['pausing', 'paused', 'paused'],
    ['paused', 'paused', 'paused'],
    ['paused', 'running', 'running'],
    ['resuming', 'paused', 'running'],
    ['resuming', 'running', 'running'],
  ] as const)('phase %s of a container that is %s becomes %s', async (phase, says, status) => {
    const { shim } = await recovered(phase, says);
    expect(await shim.inspect(REF)).toMatchObject({ status });
  });

  test('the request that was cut off is not done twice when it comes again', async () => {
    const { fixture, shim } = await recovered('pausing', 'running');
    expect(await shim.pause(REF, { requestId: 'cut' })).toMatchObject({ status: 'paused' });
    expect(count(fixture, 'pause c1')).toBe(1);
  });

  test.each([false, true])(
    'a paused container whose KILL was cut off is killed and thawed, all of it: %s',
    async (all) => {
      const { fixture } = await paused();
      const file = join(fixture.layout.container(REF), 'runtime.json');
      const old = JSON.parse(readFileSync(file, 'utf8')) as { requests: string[] };
      writeFileSync(file, JSON.stringify({ ...old, requests: [...old.requests, 'k'], killing: { all } }));
      const { shim, containers } = fixture.compose();
      await containers.recover();
      expect(await shim.wait(REF, 'drained')).toMatchObject({ signal: 'SIGKILL' });
      expect(count(fixture, all ? 'kill c1 9 all' : 'kill c1 9')).toBe(1);
      const again = shim.kill(REF, { requestId: 'k', signal: 9, all });
      await expect(again).rejects.toMatchObject({ code: 'SHIM_OUTCOME_UNKNOWN' });
    },
  );

  test('a paused container whose KILL the runtime refused stays as it is', async () => {
    const { fixture, shim } = await paused();
    fixture.runtime.before = (call) => {
      if (call.startsWith('kill')) throw new ShimError('SHIM_RUNTIME_FAILED', 'busy');
    };
    await expect(shim.kill(REF, { requestId: 'k', signal: 9, all: false })).rejects.toThrow('busy');
    fixture.runtime.before = () => undefined;
    const next = fixture.compose();
    await next.containers.recover();
    expect(await next.shim.inspect(REF)).toMatchObject({ status: 'paused' });
  });

  test('a paused container whose delete was cut off is deleted', async () => {
    const { shim } = await recovered('deleting', 'paused');
    expect(await shim.list()).toEqual([]);
  });
});
