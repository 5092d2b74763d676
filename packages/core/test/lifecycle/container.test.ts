import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { deferred } from '../../src/lifecycle/deferred.js';
import { ShimError } from '../../src/plugin/shim-error.js';
import { REF, ShimFixture } from '../support/shim-fixture.js';
import { until } from '../support/until.js';

const record = (fixture: ShimFixture, name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(join(fixture.layout.container(REF), name), 'utf8')) as Record<string, unknown>;

async function running(
  fixture = new ShimFixture(),
): Promise<{ fixture: ShimFixture; shim: ReturnType<ShimFixture['compose']>['shim'] }> {
  const { shim } = fixture.compose();
  await shim.create(fixture.request());
  await shim.start(REF, { requestId: fixture.requestId() });
  return { fixture, shim };
}

test('create, start, exit, delete: in this order, with output logged and nothing left', async () => {
  const { fixture, shim } = await running();
  const { keeper, runtime, driver } = fixture;
  const { pid } = runtime.process('c1');
  expect(await shim.inspect(REF)).toMatchObject({ status: 'running', pid, exitCode: null, bundle: fixture.bundle });
  runtime.process('c1').print('hello\nlast');
  await runtime.process('c1').exit(3);
  const exit = await shim.wait(REF, 'drained');
  expect(exit).toMatchObject({ exitCode: 3, signal: null, exitedAt: '2023-11-14T22:13:20.000Z' });
  expect(driver.lines).toEqual(['stdout:hello|', 'stdout:last']);
  expect(driver.calls).toEqual(['open', 'write', 'flush', 'close drained']);
  expect(record(fixture, 'exit.json')).toMatchObject({ exitCode: 3, drained: true });
  await shim.delete(REF, { requestId: 'd', force: false });
  expect(runtime.calls).toEqual(['create c1', 'start c1', 'delete c1 force']);
  expect(readdirSync(fixture.layout.namespace('default'))).toEqual([]);
  expect([keeper.kept, keeper.held.size]).toEqual([[], 0]);
  await expect(shim.inspect(REF)).rejects.toMatchObject({ code: 'SHIM_CONTAINER_NOT_FOUND' });
});

test('intent is on disk before the runtime is asked', async () => {
  const fixture = new ShimFixture();
  const seen: unknown[] = [];
  fixture.runtime.before = (call) => {
    if (!call.startsWith('delete'))
      seen.push([call, record(fixture, 'runtime.json')['phase'], record(fixture, 'request.json')['id']]);
  };
  await running(fixture);
  expect(seen).toEqual([
    ['create c1', 'creating', 'c1'],
    ['start c1', 'starting', 'c1'],
  ]);
});

describe('an exit', () => {
  test('before start returns is not lost, and start does not bring it back to life', async () => {
    const fixture = new ShimFixture();
    const { shim } = fixture.compose();
    await shim.create(fixture.request());
    fixture.runtime.after = async (call) => {
      if (!call.startsWith('start')) return;
      await fixture.runtime.process('c1').exit(9);
      await shim.wait(REF, 'drained');
    };
    const document = await shim.start(REF, { requestId: 's' });
    expect(document).toMatchObject({ status: 'stopped', exitCode: 9, pid: 0 });
    expect(document.startedAt).not.toBeNull();
  });

  test('before create returns is not lost', async () => {
    const fixture = new ShimFixture();
    const { shim } = fixture.compose();
    fixture.runtime.after = (call) => (call.startsWith('create') ? fixture.runtime.process('c1').exit(4) : undefined);
    await shim.create(fixture.request());
    await expect(shim.wait(REF, 'exit')).resolves.toMatchObject({ exitCode: 4 });
    // Its records are still written: the directory must not be removed under them.
    await shim.wait(REF, 'drained');
  });

  test('is on disk before the keeper may forget it', async () => {
    const { fixture, shim } = await running();
    const atAcknowledge: unknown[] = [];
    const acknowledge = fixture.keeper.acknowledge.bind(fixture.keeper);
    fixture.keeper.acknowledge = (seq) => {
      atAcknowledge.push(record(fixture, 'exit.json')['exitCode']);
      acknowledge(seq);
    };
    await fixture.runtime.process('c1').exit(6);
    await shim.wait(REF, 'drained');
    expect(atAcknowledge).toEqual([6]);
  });

  test('is told at once although a log driver hangs, and drained in time', async () => {
    const { fixture, shim } = await running();
    fixture.driver.onWrite = () => new Promise(() => undefined);
    fixture.runtime.process('c1').print('text\n');
    await fixture.runtime.process('c1').exit(0);
    await expect(shim.wait(REF, 'exit')).resolves.toMatchObject({ exitCode: 0 });
    await shim.wait(REF, 'drained');
    expect((await shim.inspect(REF)).lost).toMatchObject({ records: 1, byDriver: { fake: { reason: 'timeout' } } });
  });

  test('does not wait for a grandchild that holds the output longer than the drain bound', async () => {
    const { fixture, shim } = await running();
    const process = fixture.runtime.process('c1');
    process.print('said\n');
    await process.exit(0, { keepOutput: true });
    await shim.wait(REF, 'drained');
    expect(fixture.driver.lines).toEqual(['stdout:said|']);
    process.closeOutputs();
  });
});

describe('stop', () => {
  test('sends the stop signal and is content if it ends the container', async () => {
    const { fixture, shim } = await running();
    await expect(shim.stop(REF, { requestId: 'x' })).resolves.toMatchObject({ exitCode: 143, signal: 'SIGTERM' });
    expect(fixture.runtime.calls).toContain('kill c1 15');
    await expect(shim.stop(REF, { requestId: 'y' })).resolves.toMatchObject({ exitCode: 143 });
  });

  test('kills what ignores the signal once the time is up, and holds up no other command meanwhile', async () => {
    const { fixture, shim } = await running();
    fixture.runtime.deadly = (signal) => signal === 9;
    const stopped = shim.stop(REF, { requestId: 'x', timeoutMs: 50 });
    await shim.kill(REF, { requestId: 'k', signal: 1, all: false });
    await expect(stopped).resolves.toMatchObject({ exitCode: 137, signal: 'SIGKILL' });
    expect(fixture.runtime.calls.filter((call) => call.startsWith('kill'))).toEqual([
      'kill c1 15',
      'kill c1 1',
      'kill c1 9',
    ]);
  });
});

describe('illegal moves', () => {
  test('are refused with the state and change nothing', async () => {
    const { fixture, shim } = await running();
    const illegal = { code: 'SHIM_ILLEGAL_STATE' };
    await expect(shim.start(REF, { requestId: 'again' })).rejects.toMatchObject(illegal);
    await expect(shim.delete(REF, { requestId: 'd', force: false })).rejects.toMatchObject(illegal);
    await fixture.runtime.process('c1').exit(0);
    await shim.wait(REF, 'drained');
    await expect(shim.kill(REF, { requestId: 'k', signal: 9, all: false })).rejects.toMatchObject(illegal);
    expect(fixture.runtime.calls).toEqual(['create c1', 'start c1']);
  });

  test('a start that the runtime refuses leaves the container created', async () => {
    const fixture = new ShimFixture();
    const { shim } = fixture.compose();
    await shim.create(fixture.request());
    fixture.runtime.before = (call) => {
      if (call.startsWith('start')) throw new ShimError('SHIM_COMMAND_NOT_FOUND', 'no such command');
    };
    await expect(shim.start(REF, { requestId: '1' })).rejects.toMatchObject({ code: 'SHIM_COMMAND_NOT_FOUND' });
    fixture.runtime.before = () => undefined;
    await expect(shim.start(REF, { requestId: '1' })).rejects.toMatchObject({ code: 'SHIM_COMMAND_NOT_FOUND' });
    await expect(shim.start(REF, { requestId: '2' })).resolves.toMatchObject({ status: 'running' });
  });
});

test("a plugin's own error names the plugin and the method", async () => {
  const fixture = new ShimFixture();
  const { shim } = fixture.compose();
  fixture.runtime.before = (call) => {
    if (call.startsWith('create')) throw new TypeError('undefined is not a function');
  };
  await expect(shim.create(fixture.request())).rejects.toMatchObject({
    code: 'SHIM_PLUGIN_FAILED',
    where: 'fake.create',
  });
});

describe('request ids', () => {
  test('run a start, a kill and a delete once', async () => {
    const fixture = new ShimFixture();
    const { shim } = fixture.compose();
    const request = fixture.request();
    await Promise.all([shim.create(request), shim.create(request)]);
    await Promise.all([shim.start(REF, { requestId: 's' }), shim.start(REF, { requestId: 's' })]);
    fixture.runtime.deadly = (signal) => signal === 9;
    const kill = { requestId: 'k', signal: 1, all: false };
    await Promise.all([shim.kill(REF, kill), shim.kill(REF, kill)]);
    const remove = { requestId: 'd', force: true };
    await Promise.all([shim.delete(REF, remove), shim.delete(REF, remove)]);
    await shim.delete(REF, remove);
    expect(fixture.runtime.calls).toEqual(['create c1', 'start c1', 'kill c1 1', 'kill c1 9', 'delete c1 force']);
  });

  test('of a create that differ clash over an id', async () => {
    const fixture = new ShimFixture();
    const { shim } = fixture.compose();
    const tries = await Promise.allSettled([shim.create(fixture.request()), shim.create(fixture.request())]);
    expect(tries.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(tries[1]).toMatchObject({
      reason: { code: 'SHIM_CONTAINER_EXISTS', remedy: expect.stringContaining('`shimctl delete c1`') as string },
    });
    expect(fixture.runtime.calls).toEqual(['create c1']);
  });

  test('of a signal that may have been sent before a restart are not run again', async () => {
    const { fixture, shim } = await running();
    fixture.runtime.deadly = () => false;
    await shim.kill(REF, { requestId: 'k', signal: 1, all: false });
    const { shim: next, containers } = fixture.compose();
    await containers.recover();
    await expect(next.kill(REF, { requestId: 'k', signal: 1, all: false })).rejects.toMatchObject({
      code: 'SHIM_OUTCOME_UNKNOWN',
    });
    await next.kill(REF, { requestId: 'k2', signal: 2, all: false });
    expect(fixture.runtime.calls.filter((call) => call.startsWith('kill'))).toEqual(['kill c1 1', 'kill c1 2']);
  });
});

test('commands on one container wait for each other, those on another do not', async () => {
  const fixture = new ShimFixture();
  const { shim } = fixture.compose();
  const other = { ...REF, id: 'c2' };
  await shim.create(fixture.request());
  await shim.create(fixture.request(other));
  const gate = deferred<void>();
  fixture.runtime.deadly = () => false;
  fixture.runtime.before = (call) => (call === 'start c1' ? gate.promise : undefined);
  const started = shim.start(REF, { requestId: 's1' });
  const killed = shim.kill(REF, { requestId: 'k1', signal: 1, all: false });
  await shim.start(other, { requestId: 's2' });
  await shim.kill(other, { requestId: 'k2', signal: 1, all: false });
  expect(fixture.runtime.calls).not.toContain('kill c1 1');
  gate.resolve();
  await Promise.all([started, killed]);
  expect(fixture.runtime.calls.slice(-1)).toEqual(['kill c1 1']);
});

test('of two deletions at once one deletes, and the other learns that it came too late', async () => {
  const { fixture, shim } = await running();
  const deletions = ['d1', 'd2'].map((requestId) => shim.delete(REF, { requestId, force: true }));
  const results = await Promise.allSettled(deletions);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  expect(results[1]).toMatchObject({ reason: { code: 'SHIM_CONTAINER_NOT_FOUND' } });
  expect(fixture.runtime.calls.filter((call) => call.startsWith('delete'))).toHaveLength(1);
});

test('a container that removes itself is gone once it is drained', async () => {
  const fixture = new ShimFixture();
  const { shim, containers } = fixture.compose();
  await shim.create(fixture.request({ autoRemove: true }));
  await shim.start(REF, { requestId: 's' });
  const waited = shim.wait(REF, 'drained');
  await fixture.runtime.process('c1').exit(5);
  await expect(waited).resolves.toMatchObject({ exitCode: 5 });
  await until(() => containers.empty);
  expect(existsSync(fixture.layout.container(REF))).toBe(false);
});
