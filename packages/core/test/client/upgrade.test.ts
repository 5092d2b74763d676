import { beforeEach, expect, test } from 'vitest';
import type { VersionDocument } from '../../src/api/documents.js';
import type { UpgradeDocument, UpgradeRequest } from '../../src/api/upgrade-documents.js';
import { keeperEnvironment } from '../../src/client/keeper-environment.js';
import { upgradeGroup, type GroupUpgrade } from '../../src/client/upgrade.js';
import { ShimError } from '../../src/plugin/shim-error.js';
import { STATE_SCHEMA } from '../../src/state/container-record.js';

const shim = { pid: 11, keeperPid: 10, group: 'g1' };
let running: VersionDocument | ShimError;
let answer: UpgradeDocument | ShimError;
let asked: UpgradeRequest[];

beforeEach(() => {
  running = { version: '1.0.0', api: 1, shim, restarts: 0, replacements: 0 };
  answer = { result: 'upgraded', version: '2.0.0' };
  asked = [];
});

const settle = <T>(value: T | ShimError): Promise<T> =>
  value instanceof ShimError ? Promise.reject(value) : Promise.resolve(value);

function plan(more: Partial<GroupUpgrade> = {}): GroupUpgrade {
  return {
    ...{ group: 'g1', version: '2.0.0', force: false },
    shimd: { program: '/node', args: ['/shimd.cjs', '--root', '/r'] },
    environment: { HOLDFAST_FAULT: 'f', NODE_OPTIONS: '--inspect' },
    service: {
      version: () => settle(running),
      upgrade: (request) => {
        asked.push(request);
        return settle(answer);
      },
    },
    ...more,
  };
}

test('the running shimd is told what to be replaced by, with the environment of a keeper', async () => {
  expect(await upgradeGroup(plan())).toEqual({
    ...{ group: 'g1', result: 'upgraded', from: '1.0.0', to: '2.0.0', error: null },
  });
  expect(asked).toEqual([
    {
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      ...{ version: '2.0.0', force: false, stateSchema: STATE_SCHEMA },
      ...{ program: '/node', args: ['/shimd.cjs', '--root', '/r'] },
      environment: keeperEnvironment({ HOLDFAST_FAULT: 'f' }),
    },
  ]);
});

test('one that is of the version already is told as it is, and one that another has upgraded as upgraded', async () => {
  answer = { result: 'current', version: '2.0.0' };
  expect(await upgradeGroup(plan())).toMatchObject({ result: 'upgraded', from: '1.0.0' });
  running = { version: '2.0.0', api: 1, shim, replacements: 1 };
  expect(await upgradeGroup(plan())).toMatchObject({ result: 'current', from: '2.0.0' });
});

test('one that does not run needs nothing', async () => {
  running = new ShimError('SHIM_NOT_RUNNING', 'nobody');
  expect(await upgradeGroup(plan())).toEqual({
    ...{ group: 'g1', result: 'not-running', from: null, to: '2.0.0', error: null },
  });
});

test('a failure is told with the version that serves', async () => {
  answer = new ShimError('SHIM_UPGRADE_FAILED', 'it exited with 1', { where: 'g1' });
  expect(await upgradeGroup(plan())).toMatchObject({
    ...{ result: 'failed', from: '1.0.0', to: '2.0.0' },
    error: { code: 'SHIM_UPGRADE_FAILED', message: 'it exited with 1' },
  });
});

test('a shimd of before upgrades is named and not asked', async () => {
  running = { version: '0.1.0', api: 1, shim, restarts: 2 };
  expect(await upgradeGroup(plan())).toMatchObject({
    ...{ result: 'failed', from: '0.1.0' },
    error: { code: 'SHIM_UNSUPPORTED', message: 'shimd 0.1.0 of group g1 is too old to be upgraded while it runs' },
  });
  expect(asked).toEqual([]);
});
