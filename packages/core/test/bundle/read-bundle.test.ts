import { mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { native } from '@holdfast/native';
import { expect, test } from 'vitest';
import { readBundle } from '../../src/bundle/read-bundle.js';
import { makeBundle } from '../support/make-bundle.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

const config = (directory: string): string => join(directory, 'config.json');

test('a bundle is read with the absolute path of its rootfs', async () => {
  const directory = makeBundle(temporaryDirectory());
  const bundle = await readBundle(directory);
  expect([bundle.rootfs, bundle.spec.process.args]).toEqual([join(directory, 'rootfs'), ['sh']]);
  makeBundle(directory, { root: { path: '/tmp' } });
  expect((await readBundle(directory)).rootfs).toBe('/tmp');
});

test.each([
  ['no directory', (path: string) => rmSync(path, { recursive: true }), 'SHIM_BUNDLE_NOT_FOUND'],
  ['no config.json', (path: string) => rmSync(config(path)), 'SHIM_SPEC_NOT_FOUND'],
  ['no JSON', (path: string) => writeFileSync(config(path), '{'), 'SHIM_SPEC_INVALID'],
  ['no rootfs', (path: string) => rmSync(join(path, 'rootfs'), { recursive: true }), 'SHIM_ROOTFS_NOT_FOUND'],
  ['a huge config.json', (path: string) => truncateSync(config(path), (4 << 20) + 1), 'SHIM_SPEC_INVALID'],
  [
    'a FIFO for a config.json',
    (path: string) => {
      rmSync(config(path));
      native.mkfifo(config(path), 0o600);
    },
    'SHIM_SPEC_INVALID',
  ],
  [
    'a directory for a config.json',
    (path: string) => {
      rmSync(config(path));
      mkdirSync(config(path));
    },
    'SHIM_SPEC_INVALID',
  ],
])('%s is said before anything is started', async (_what, spoil, code) => {
  const directory = makeBundle(temporaryDirectory());
  spoil(directory);
  await expect(readBundle(directory)).rejects.toMatchObject({
    code,
    where: expect.stringContaining(directory) as string,
  });
});

test.each([
  [{ process: undefined }, 'process'],
  [{ process: { args: [], cwd: '/' } }, 'process.args'],
  [{ process: { args: [''], cwd: '/' } }, 'process.args'],
  [{ process: { args: [1], cwd: '/' } }, 'process.args'],
  [{ process: { args: ['sh'], cwd: 'tmp' } }, 'process.cwd'],
  [{ process: { args: ['sh'], cwd: '/', env: 'A=1' } }, 'process.env'],
  [{ root: {} }, 'root.path'],
  [{ root: [] }, 'root'],
  [{ annotations: { a: 1 } }, 'annotations'],
  [{ linux: 'x' }, 'linux'],
])('a spec with %j is refused by name', async (more, key) => {
  const directory = makeBundle(temporaryDirectory(), more);
  await expect(readBundle(directory)).rejects.toMatchObject({
    code: 'SHIM_SPEC_INVALID',
    where: expect.stringContaining(`: ${key}`) as string,
  });
});
