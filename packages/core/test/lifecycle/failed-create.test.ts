import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ShimError } from '../../src/plugin/shim-error.js';
import { makeBundle } from '../support/make-bundle.js';
import { openBelow } from '../support/open-below.js';
import { REF, ShimFixture } from '../support/shim-fixture.js';

type Spoil = (fixture: ShimFixture) => void;

const FAILURES: readonly (readonly [string, Spoil, string])[] = [
  ['the runtime refuses', ({ runtime }) => (runtime.before = failOn('create')), 'SHIM_RUNTIME_FAILED'],
  [
    'the runtime fails after it has made the container',
    ({ runtime }) => (runtime.after = failOn('create')),
    'SHIM_RUNTIME_FAILED',
  ],
  ['the log does not open', ({ driver }) => (driver.onOpen = () => Promise.reject(new Error('no'))), 'SHIM_LOG_OPEN'],
  [
    'a plugin cannot be loaded',
    ({ plugins }) => (plugins.load = () => Promise.reject(new ShimError('SHIM_PLUGIN_LOAD', 'x'))),
    'SHIM_PLUGIN_LOAD',
  ],
  [
    'the keeper holds nothing',
    ({ keeper }) => (keeper.hold = () => Promise.reject(new ShimError('SHIM_UNAVAILABLE', 'x'))),
    'SHIM_UNAVAILABLE',
  ],
];

function failOn(name: string): (call: string) => void {
  return (call) => {
    if (call.startsWith(name)) throw new ShimError('SHIM_RUNTIME_FAILED', 'refused');
  };
}

test.each(FAILURES)(
  'when %s, nothing is left: no record, process or descriptor, and the id is free',
  async (_what, spoil, code) => {
    const fixture = new ShimFixture();
    spoil(fixture);
    const { shim, containers } = fixture.compose();
    await expect(shim.create(fixture.request())).rejects.toMatchObject({ code });
    expect(readdirSync(fixture.layout.namespace('default'))).toEqual([]);
    expect([
      fixture.keeper.held.size,
      fixture.keeper.kept.length,
      await fixture.keeper.quit(),
      containers.empty,
    ]).toEqual([0, 0, true, true]);
    expect(fixture.runtime.processes.size).toBe(0);
    expect(openBelow(fixture.layout.root)).toEqual([]);
    expect(existsSync(fixture.layout.container(REF))).toBe(false);
  },
);

test.each([
  ['in a directory that is not there', (fixture: ShimFixture) => join(fixture.directory, 'none', 'pid')],
  ['in the place of a directory', (fixture: ShimFixture) => fixture.directory],
  ['in the place of a device', () => '/dev/null'],
])('a pid file %s is refused before the runtime is asked', async (_where, pidFile) => {
  const fixture = new ShimFixture();
  const { shim } = fixture.compose();
  const where = pidFile(fixture);
  await expect(shim.create(fixture.request({ pidFile: where }))).rejects.toMatchObject({ code: 'SHIM_IO', where });
  expect([fixture.runtime.calls, existsSync(fixture.layout.container(REF))]).toEqual([[], false]);
});

test('after a failed create the same id can be created', async () => {
  const fixture = new ShimFixture();
  const { shim } = fixture.compose();
  fixture.runtime.before = failOn('create');
  await expect(shim.create(fixture.request())).rejects.toThrow('refused');
  fixture.runtime.before = () => undefined;
  await expect(shim.create(fixture.request())).resolves.toMatchObject({ status: 'created' });
});

describe('what is wrong with the request is said before anything is done', () => {
  test.each([
    [{ id: '../x' }, 'SHIM_INVALID_ID'],
    [{ namespace: '' }, 'SHIM_INVALID_ID'],
    [{ bundle: '/nonexistent' }, 'SHIM_BUNDLE_NOT_FOUND'],
  ])('%j', async (more, code) => {
    const fixture = new ShimFixture();
    await expect(fixture.compose().shim.create(fixture.request(more))).rejects.toMatchObject({ code });
    expect([existsSync(fixture.layout.root), fixture.runtime.calls]).toEqual([false, []]);
  });
});

test('a runtime that sends no terminal has failed, and nothing is left', async () => {
  const fixture = new ShimFixture();
  makeBundle(fixture.bundle, { process: { terminal: true, args: ['sh'], cwd: '/' } });
  const { shim } = fixture.compose();
  await expect(shim.create(fixture.request())).rejects.toMatchObject({ code: 'SHIM_RUNTIME_FAILED' });
  expect(await shim.list()).toEqual([]);
  expect(fixture.keeper.held.size).toBe(0);
});

test('a pid file that cannot be written undoes the create, one that can holds the pid', async () => {
  const fixture = new ShimFixture();
  const { shim } = fixture.compose();
  await expect(shim.create(fixture.request({ pidFile: '/nonexistent/pid' }))).rejects.toThrow(/ENOENT/);
  expect(await fixture.keeper.quit()).toBe(true);
  const pidFile = join(fixture.directory, 'pid');
  const { pid } = await shim.create(fixture.request({ pidFile }));
  expect(readFileSync(pidFile, 'utf8')).toBe(String(pid));
});
