import { existsSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { beforeEach, expect, test } from 'vitest';
import type { ShimService } from '../../src/api/shim-service.js';
import { deferred } from '../../src/lifecycle/deferred.js';
import { REF, ShimFixture } from '../support/shim-fixture.js';

const EXEC = { ...REF, execId: 'e1' };
const REQUEST = { requestId: 'ec', execId: 'e1', process: { args: ['ls'], cwd: '/' }, stdin: false, detached: true };
let fixture: ShimFixture;
let shim: ShimService;

beforeEach(async () => {
  fixture = new ShimFixture();
  shim = fixture.compose().shim;
  await shim.create(fixture.request());
  await shim.start(REF, { requestId: 's' });
});

test('a session that is being started is not removed under its own feet', async () => {
  await shim.createExec(REF, REQUEST);
  const started = shim.startExec(EXEC, { requestId: 'es' });
  await expect(shim.deleteExec(EXEC)).rejects.toMatchObject({ code: 'SHIM_ILLEGAL_STATE' });
  await expect(started).resolves.toMatchObject({ status: 'running' });
});

test('delete --force waits for a session that is being started, and leaves nothing of it', async () => {
  await shim.createExec(REF, REQUEST);
  const gate = deferred<void>();
  const asked = deferred<void>();
  const hold = fixture.keeper.hold.bind(fixture.keeper);
  fixture.keeper.hold = async (key, fd) => {
    asked.resolve();
    await gate.promise;
    await hold(key, fd);
  };
  const started = shim.startExec(EXEC, { requestId: 'es' });
  await asked.promise;
  const deleted = shim.delete(REF, { requestId: 'd', force: true });
  await shim.wait(REF, 'exit');
  // Time enough for a delete that does not wait.
  for (let turns = 0; turns < 300; turns++) await nextTurn();
  gate.resolve();
  await started;
  await fixture.runtime.process('e1').end(9);
  await deleted;
  expect([...fixture.keeper.held.keys(), ...fixture.keeper.alive, ...fixture.keeper.kept]).toEqual([]);
  expect(existsSync(fixture.layout.container(REF))).toBe(false);
});

test('who waits for a session that is removed before it was started is told so', async () => {
  await shim.createExec(REF, REQUEST);
  const waited = shim.waitExec(EXEC);
  await shim.deleteExec(EXEC);
  await expect(waited).rejects.toMatchObject({ code: 'SHIM_EXEC_NOT_FOUND' });
});
