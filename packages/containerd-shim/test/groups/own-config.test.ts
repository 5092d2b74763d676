import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConfigSources, LoadedConfig } from '@holdfast/core';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { OwnConfig } from '../../src/groups/own-config.js';
import { fakeHost } from '../support/fake-host.js';

let directory: string;
let loads: ConfigSources[];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'hf-config-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  loads = [];
});

/** Files hold what one shim serves; one of its own for each call of `loadConfig`. */
function config(files: () => string[]) {
  const loadConfig = (sources: ConfigSources): Promise<LoadedConfig> => {
    loads.push(sources);
    const shim = { logLevel: 'warn', idleTimeout: '3s' };
    const loaded = { config: { shim, containerd: { shimPer: 'pod' } }, files: files() };
    return Promise.resolve(loaded as unknown as LoadedConfig);
  };
  const { host, log } = fakeHost({ loadConfig });
  return { config: new OwnConfig(host), log };
}

it('is read when it has changed, and not for every task', async () => {
  const file = join(directory, 'config.yaml');
  writeFileSync(file, 'a');
  const { config: own } = config(() => [file]);
  const environment = { HOLDFAST_CONFIG: file };
  const settings = { shimPer: 'pod', logLevel: 'warn', idleTimeoutMs: 3000 };
  for (let n = 0; n < 5; n += 1) expect(await own.settings(environment)).toEqual(settings);
  // Once more, since only then it was known which files count.
  expect(loads).toEqual(Array(2).fill({ cwd: '/', environment }));
  writeFileSync(file, 'bc');
  for (let n = 0; n < 3; n += 1) await own.settings(environment);
  expect(loads).toHaveLength(3);
  writeFileSync(`${file}.new`, 'de');
  renameSync(`${file}.new`, file);
  for (let n = 0; n < 3; n += 1) await own.settings(environment);
  expect(loads).toHaveLength(4);
  rmSync(file);
  await own.settings(environment);
  expect(loads).toHaveLength(5);
});

it('is another for a containerd with other variables', async () => {
  const { config: own } = config(() => []);
  for (const HOLDFAST_CONFIG of ['/no/a', '/no/b', '/no/a', '/no/b']) await own.settings({ HOLDFAST_CONFIG });
  expect(loads.map(({ environment }) => environment?.['HOLDFAST_CONFIG'])).toEqual(['/no/a', '/no/b']);
});

it('with mistakes is logged, and read again', async () => {
  const loadConfig = () => Promise.reject(new Error('no config'));
  const { host, log } = fakeHost({ loadConfig });
  const own = new OwnConfig(host);
  for (let n = 0; n < 2; n += 1) expect(await own.settings({ HOLDFAST_CONFIG: '/no/a' })).toBe(undefined);
  expect(log).toHaveLength(2);
});
