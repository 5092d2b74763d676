import { beforeEach, describe, expect, test } from 'vitest';
import type { UpgradeRequest } from '../../src/api/upgrade-documents.js';
import type { Replacement } from '../../src/keeper/keeper.js';
import { Upgrader } from '../../src/lifecycle/upgrader.js';
import { STATE_SCHEMA } from '../../src/state/container-record.js';
import { FakeKeeper } from '../support/fake-keeper.js';
import { until } from '../support/until.js';

const REQUEST: UpgradeRequest = {
  requestId: 'r1',
  version: '2.0.0',
  stateSchema: STATE_SCHEMA,
  program: '/usr/bin/node',
  args: ['/lib/shimd.cjs', '--root', '/r'],
  environment: { PATH: '/bin' },
  force: false,
};

let keeper: FakeKeeper;
let left: number;

function upgrader(replacement?: Replacement): Upgrader {
  keeper.replacement = replacement;
  const welcome = keeper.welcome();
  return new Upgrader({ keeper, welcome, version: '1.0.0', group: 'g1', letGo: () => (left += 1) });
}

beforeEach(() => {
  keeper = new FakeKeeper();
  left = 0;
});

test('the keeper is told of the other shimd before this one lets go, and this one answers nothing', async () => {
  let answered = false;
  void upgrader()
    .upgrade(REQUEST)
    .finally(() => (answered = true));
  await until(() => left === 1);
  expect(keeper.offered).toEqual([
    {
      ...{ tag: 'r1', patienceMs: 30_000 },
      argv: ['/usr/bin/node', '/lib/shimd.cjs', '--root', '/r'],
      env: { PATH: '/bin' },
    },
  ]);
  expect(answered).toBe(false);
});

test('the other shimd gets what is kept, unless its own arguments name a front end', async () => {
  const kept = ['--front-end', '/a.mjs'];
  const ask = (args: readonly string[]): void => {
    keeper = new FakeKeeper();
    const welcome = keeper.welcome();
    const shim = new Upgrader({ keeper, welcome, version: '1.0.0', group: 'g1', kept, letGo: () => (left += 1) });
    void shim.upgrade({ ...REQUEST, args });
  };
  ask(['--root', '/r']);
  await until(() => left === 1);
  expect(keeper.offered[0]?.argv).toEqual(['/usr/bin/node', '--root', '/r', '--front-end', '/a.mjs']);
  ask(['--root', '/r', '--front-end', '/b.mjs']);
  await until(() => left === 2);
  expect(keeper.offered[0]?.argv).toEqual(['/usr/bin/node', '--root', '/r', '--front-end', '/b.mjs']);
});

test('a request for the version that serves does nothing, unless by force', async () => {
  const shim = upgrader();
  await expect(shim.upgrade({ ...REQUEST, version: '1.0.0' })).resolves.toEqual({
    result: 'current',
    version: '1.0.0',
  });
  expect([keeper.offered.length, left]).toEqual([0, 0]);
  void shim.upgrade({ ...REQUEST, version: '1.0.0', force: true });
  await until(() => left === 1);
});

describe('a request that is sent again', () => {
  test.each(['on trial', 'serves'] as const)('is answered by the shimd that it led to (%s)', async (outcome) => {
    const shim = upgrader({ tag: 'r1', outcome, waitStatus: 0 });
    const answer = { result: 'upgraded', version: '1.0.0' };
    await expect(shim.upgrade({ ...REQUEST, version: '1.0.0', force: true })).resolves.toEqual(answer);
    expect(left).toBe(0);
  });

  test.each([
    [7 << 8, 'exited with 7'],
    [9, 'was ended by SIGKILL'],
  ])('fails if that did not come to serve (%i)', async (waitStatus, words) => {
    const shim = upgrader({ tag: 'r1', outcome: 'failed', waitStatus });
    await expect(shim.upgrade(REQUEST)).rejects.toMatchObject({
      code: 'SHIM_UPGRADE_FAILED',
      message: `the new shimd of group g1 ${words} before it served; the keeper has gone back to 1.0.0, which serves`,
    });
    expect(keeper.offered).toEqual([]);
  });

  test('of another upgrade says nothing of this one', async () => {
    void upgrader({ tag: 'r0', outcome: 'failed', waitStatus: 9 }).upgrade(REQUEST);
    await until(() => left === 1);
  });
});

test('a shimd that reads an older schema alone is refused, and nothing is begun', async () => {
  await expect(upgrader().upgrade({ ...REQUEST, stateSchema: STATE_SCHEMA - 1 })).rejects.toMatchObject({
    code: 'SHIM_STATE_NEWER',
    message: `shimd 1.0.0 of group g1 writes state of schema ${STATE_SCHEMA}, and 2.0.0 reads up to ${STATE_SCHEMA - 1}: it could take up no container`,
  });
  expect([keeper.offered.length, left]).toEqual([0, 0]);
});

test('a keeper of an older protocol is named', async () => {
  keeper.version = 1;
  await expect(upgrader().upgrade(REQUEST)).rejects.toMatchObject({
    code: 'SHIM_UNSUPPORTED',
    message: `the keeper of group g1 (pid ${keeper.pid}) is of an older version, whose protocol (1) knows no upgrade`,
  });
  expect([keeper.offered.length, left]).toEqual([0, 0]);
});

test('a second request comes back later, and after a refusal of the keeper it is tried anew', async () => {
  const shim = upgrader();
  keeper.replace = () => Promise.reject(new Error('no'));
  const refused = shim.upgrade(REQUEST);
  await expect(shim.upgrade({ ...REQUEST, requestId: 'r2' })).rejects.toMatchObject({ code: 'SHIM_UNAVAILABLE' });
  await expect(refused).rejects.toThrow('no');
  keeper.replace = () => Promise.resolve();
  void shim.upgrade(REQUEST);
  await until(() => left === 1);
});
