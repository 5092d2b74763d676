import { describe, expect, test } from 'vitest';
import type { Shim } from '../../src/lifecycle/shim.js';
import { ShimError } from '../../src/plugin/shim-error.js';
import { cgroupTree } from '../support/cgroup-tree.js';
import { REF, ShimFixture } from '../support/shim-fixture.js';

async function running(): Promise<{ fixture: ShimFixture; shim: Shim }> {
  const fixture = new ShimFixture();
  fixture.cgroups = { v1: {}, v2: cgroupTree({ 'cpu.stat': 'usage_usec 5\n' }) };
  const { shim } = fixture.compose();
  await shim.create(fixture.request());
  await shim.start(REF, { requestId: 'start' });
  return { fixture, shim };
}

describe('update', () => {
  const resources = { memory: { limit: 1 << 20 } };

  test('hands the resources to the runtime, once for a request', async () => {
    const { fixture, shim } = await running();
    await shim.update(REF, { requestId: 'u', resources });
    await shim.update(REF, { requestId: 'u', resources });
    expect(fixture.runtime.calls.filter((call) => call.startsWith('update'))).toEqual([
      'update c1 {"memory":{"limit":1048576}}',
    ]);
  });

  test('works for a paused container', async () => {
    const { shim } = await running();
    await shim.pause(REF, { requestId: 'p' });
    await shim.update(REF, { requestId: 'u', resources });
    expect(await shim.inspect(REF)).toMatchObject({ status: 'paused' });
  });

  test('passes the errors of the runtime on, and says what the runtime lacks', async () => {
    const { fixture, shim } = await running();
    fixture.runtime.before = () => {
      throw new ShimError('SHIM_RUNTIME_FAILED', 'no such cpus');
    };
    await expect(shim.update(REF, { requestId: 'u', resources })).rejects.toMatchObject({ message: 'no such cpus' });
    Object.assign(fixture.runtime, { update: undefined });
    await expect(shim.update(REF, { requestId: 'v', resources })).rejects.toMatchObject({ code: 'SHIM_UNSUPPORTED' });
  });
});

describe('reopen-logs', () => {
  test('has the log drivers open their files anew, once for a request', async () => {
    const { fixture, shim } = await running();
    const reopened: string[] = [];
    Object.assign(fixture.driver, { reopen: () => void reopened.push('reopen') });
    await shim.reopenLogs(REF, { requestId: 'r' });
    await shim.reopenLogs(REF, { requestId: 'r' });
    await shim.reopenLogs(REF, { requestId: 's' });
    expect(reopened).toHaveLength(2);
  });

  test('says what cannot', async () => {
    const { shim } = await running();
    await expect(shim.reopenLogs(REF, { requestId: 'r' })).rejects.toMatchObject({
      code: 'SHIM_UNSUPPORTED',
      message: expect.stringContaining('fake cannot') as string,
    });
  });

  test('is for containers that write logs', async () => {
    const { fixture, shim } = await running();
    Object.assign(fixture.driver, { reopen: () => Promise.resolve() });
    await fixture.runtime.process('c1').exit(0);
    await shim.wait(REF, 'drained');
    await expect(shim.reopenLogs(REF, { requestId: 'r' })).rejects.toMatchObject({
      code: 'SHIM_ILLEGAL_STATE',
      message: 'cannot reopen the logs of c1: it is stopped',
    });
  });
});

describe('processes', () => {
  test('are those that the runtime names', async () => {
    const { fixture, shim } = await running();
    const { pid } = fixture.runtime.process('c1');
    expect(await shim.processes(REF)).toEqual([expect.objectContaining({ pid, name: 'sleep', ppid: process.pid })]);
  });

  test('cannot be told without the runtime’s ps, nor of a container that has ended', async () => {
    const { fixture, shim } = await running();
    Object.assign(fixture.runtime, { ps: undefined });
    await expect(shim.processes(REF)).rejects.toMatchObject({ code: 'SHIM_UNSUPPORTED' });
    await fixture.runtime.process('c1').exit(0);
    await shim.wait(REF, 'drained');
    await expect(shim.processes(REF)).rejects.toMatchObject({ code: 'SHIM_ILLEGAL_STATE' });
  });

  test('of a container that ends while they are looked for are no puzzle', async () => {
    const { fixture, shim } = await running();
    fixture.runtime.before = async (call) => {
      if (!call.startsWith('ps')) return;
      await fixture.runtime.process('c1').exit(0);
      await shim.wait(REF, 'exit');
      throw new ShimError('SHIM_RUNTIME_FAILED', 'no such file');
    };
    await expect(shim.processes(REF)).rejects.toMatchObject({ code: 'SHIM_ILLEGAL_STATE' });
  });
});

describe('stats', () => {
  test('are read where the container was created, also after a restart of shimd', async () => {
    const { fixture, shim } = await running();
    expect(await shim.stats(REF)).toMatchObject({ id: 'c1', cpu: { usageUs: 5 }, memory: null });
    fixture.cgroups = undefined;
    const { shim: next, containers } = fixture.compose();
    await containers.recover();
    expect(await next.stats(REF)).toMatchObject({ cpu: { usageUs: 5 } });
  });

  test('of a container that has ended are refused', async () => {
    const { fixture, shim } = await running();
    await fixture.runtime.process('c1').exit(0);
    await shim.wait(REF, 'drained');
    await expect(shim.stats(REF)).rejects.toMatchObject({
      code: 'SHIM_ILLEGAL_STATE',
      message: 'cannot read the counters of c1: it is stopped',
    });
  });
});
