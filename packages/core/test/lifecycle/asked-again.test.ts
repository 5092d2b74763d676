import { expect, test } from 'vitest';
import type { ComposedShim } from '../../src/di/compose-shim.js';
import { REF, ShimFixture } from '../support/shim-fixture.js';

const EXEC = { ...REF, execId: 'e1' };
const EXEC_REQUEST = {
  requestId: 'ec',
  execId: 'e1',
  process: { args: ['ls'], cwd: '/' },
  stdin: false,
  detached: true,
};

async function running(): Promise<{ fixture: ShimFixture; shim: ComposedShim['shim'] }> {
  const fixture = new ShimFixture();
  const { shim } = fixture.compose();
  await shim.create(fixture.request());
  await shim.start(REF, { requestId: 's' });
  return { fixture, shim };
}

async function next(fixture: ShimFixture): Promise<ComposedShim['shim']> {
  const { shim, containers } = fixture.compose();
  await containers.recover();
  return shim;
}

test('of a container that had ended before a restart the keeper holds nothing once it is deleted', async () => {
  const { fixture, shim } = await running();
  await fixture.runtime.process('c1').exit(0);
  await shim.wait(REF, 'drained');
  await (await next(fixture)).delete(REF, { requestId: 'd', force: false });
  expect([...fixture.keeper.held.keys()]).toEqual([]);
});

test('a kill that ended the container is not illegal when the next shimd is asked again', async () => {
  const { fixture, shim } = await running();
  const kill = { requestId: 'k', signal: 15, all: false };
  await shim.kill(REF, kill);
  await shim.wait(REF, 'drained');
  await expect((await next(fixture)).kill(REF, kill)).rejects.toMatchObject({ code: 'SHIM_OUTCOME_UNKNOWN' });
});

test('a signal for an exec session is sent once for one request, and not by the next shimd', async () => {
  const { fixture, shim } = await running();
  await shim.createExec(REF, EXEC_REQUEST);
  await shim.startExec(EXEC, { requestId: 'es' });
  const kill = { requestId: 'k', signal: 9 };
  await shim.killExec(EXEC, kill);
  await fixture.runtime.process('e1').end(9);
  await shim.waitExec(EXEC);
  await shim.killExec(EXEC, kill);
  await expect((await next(fixture)).killExec(EXEC, kill)).rejects.toMatchObject({ code: 'SHIM_OUTCOME_UNKNOWN' });
});

test('an exec session that was made and started is so for the same request when the container has ended', async () => {
  const { fixture, shim } = await running();
  await shim.createExec(REF, EXEC_REQUEST);
  await shim.startExec(EXEC, { requestId: 'es' });
  await fixture.runtime.process('e1').exit(0);
  await fixture.runtime.process('c1').exit(0);
  await shim.wait(REF, 'drained');
  await expect(shim.createExec(REF, EXEC_REQUEST)).resolves.toMatchObject({ status: 'stopped' });
  await expect(shim.startExec(EXEC, { requestId: 'es' })).resolves.toMatchObject({ status: 'stopped' });
  const other = { ...EXEC_REQUEST, requestId: 'other' };
  await expect(shim.createExec(REF, other)).rejects.toMatchObject({ code: 'SHIM_ILLEGAL_STATE' });
});
