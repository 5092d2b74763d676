import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { deriveSpec, needsDerivedBundle, writeDerivedBundle } from '../../src/bundle/derive-bundle.js';
import { readBundle, type Bundle } from '../../src/bundle/read-bundle.js';
import { makeBundle } from '../support/make-bundle.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

const REF = { namespace: 'ns', id: 'c1' };

function bundleWith(more: Record<string, unknown>): Promise<Bundle> {
  return readBundle(makeBundle(temporaryDirectory(), more));
}

test('only a spec without a cgroup of its own is derived', async () => {
  for (const linux of [undefined, {}, { cgroupsPath: '' }])
    expect(needsDerivedBundle(await bundleWith({ linux }))).toBe(true);
  expect(needsDerivedBundle(await bundleWith({ linux: { cgroupsPath: '/mine' } }))).toBe(false);
});

test('the derived spec has a cgroup by namespace and id, and paths that still mean the same', async () => {
  const mounts = [
    { destination: '/a', type: 'bind', source: 'data' },
    { destination: '/b', options: ['rbind'], source: './more' },
    { destination: '/c', type: 'bind', source: '/abs' },
    { destination: '/proc', type: 'proc', source: 'proc' },
  ];
  const bundle = await bundleWith({ mounts, hostname: 'kept' });
  const spec = deriveSpec(bundle, { ref: REF, systemd: false });
  expect(spec).toMatchObject({
    hostname: 'kept',
    root: { path: bundle.rootfs },
    linux: { cgroupsPath: '/holdfast/ns/c1' },
  });
  expect(spec.mounts?.map(({ source }) => source)).toEqual([
    join(bundle.directory, 'data'),
    join(bundle.directory, 'more'),
    '/abs',
    'proc',
  ]);
  expect(spec.linux?.namespaces).toEqual(bundle.spec.linux?.namespaces);
  expect(deriveSpec(bundle, { ref: REF, systemd: true }).linux?.cgroupsPath).toBe('holdfast.slice:ns:c1');
});

test('it is written into a private directory of its own, the original untouched', async () => {
  const bundle = await bundleWith({});
  const original = readFileSync(join(bundle.directory, 'config.json'), 'utf8');
  const directory = join(temporaryDirectory(), 'bundle');
  await writeDerivedBundle(directory, bundle, { ref: REF, systemd: false });
  expect(statSync(directory).mode & 0o777).toBe(0o700);
  expect((await readBundle(directory)).spec.linux?.cgroupsPath).toBe('/holdfast/ns/c1');
  expect(readFileSync(join(bundle.directory, 'config.json'), 'utf8')).toBe(original);
});

test('containers of another state root have other cgroups', async () => {
  const bundle = await bundleWith({});
  const cgroupOf = (root: string, systemd: boolean): string | undefined =>
    deriveSpec(bundle, { ref: REF, root, systemd }).linux?.cgroupsPath;
  expect(cgroupOf('/run/holdfast', false)).toBe('/holdfast/ns/c1');
  expect(cgroupOf('/elsewhere', false)).toMatch(/^\/holdfast\/ns@[0-9a-f]{8}\/c1$/);
  expect(cgroupOf('/elsewhere', true)).toMatch(/^holdfast\.slice:ns-[0-9a-f]{8}:c1$/);
  expect(cgroupOf('/elsewhere', false)).not.toBe(cgroupOf('/another', false));
});
