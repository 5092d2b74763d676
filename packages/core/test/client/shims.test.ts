import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ContainerDocument } from '../../src/api/documents.js';
import { Shims } from '../../src/client/shims.js';
import { valueOf } from '../../../../test/support/exposition.js';
import { KeeperGroups } from './support/keeper-groups.js';

const LISTING_SHIMD = fileURLToPath(new URL('support/list-containers.cjs', import.meta.url));
const served: Readonly<Record<string, readonly string[]>> = { g1: ['a/c1', 'b/c1'], g2: ['a/c2'] };
let groups: KeeperGroups;
let shims: Shims;

beforeEach(() => {
  groups = new KeeperGroups();
  shims = new Shims({
    root: groups.layout.root,
    environment: {},
    patienceMs: 10_000,
    shimdCommand: (group) => ({ program: process.execPath, args: [LISTING_SHIMD, group, ...(served[group] ?? [])] }),
  });
});

afterEach(async () => {
  shims.close();
  await groups.stop();
});

function record(namespace: string, id: string, request: unknown): void {
  const path = groups.layout.container({ namespace, id });
  mkdirSync(path, { recursive: true, mode: 0o700 });
  writeFileSync(join(path, 'request.json'), JSON.stringify(request));
}

function own(documents: readonly ContainerDocument[]): readonly ContainerDocument[] {
  for (const { shim } of documents) if (shim.keeperPid > 0) groups.own(shim.keeperPid);
  return documents;
}

const names = (documents: readonly ContainerDocument[]): string[] =>
  documents.map(({ namespace, id, status, shim }) => `${namespace}/${id} ${status} ${shim.group}`);

test('a list of no containers makes nothing and starts nothing', async () => {
  await expect(shims.list()).resolves.toEqual([]);
  expect(existsSync(groups.layout.root)).toBe(false);
});

test('a list asks every group that has containers, starting its keeper, and no other', async () => {
  record('a', 'c1', { schema: 1, group: 'g1' });
  record('b', 'c1', { schema: 1, group: 'g1' });
  record('a', 'c2', { schema: 1, group: 'g2' });
  expect(names(own(await shims.list()))).toEqual(['a/c1 running g1', 'a/c2 running g2', 'b/c1 running g1']);
  expect(names(await shims.list('a'))).toEqual(['a/c1 running g1', 'a/c2 running g2']);
  expect(existsSync(groups.layout.group('default'))).toBe(false);
});

test('a broken state or shim hides no other container', async () => {
  record('a', 'c1', { schema: 1, group: 'g1' });
  record('a', 'c9', { nothing: true });
  record('a', 'c8', {
    schema: 1,
    group: 'broken',
    instance: 'i8',
    createdAt: '2026-01-01T00:00:00.000Z',
    bundle: '/b',
  });
  mkdirSync(groups.layout.groupLock('broken'), { recursive: true, mode: 0o700 });
  const documents = own(await shims.list('a'));
  expect(names(documents)).toEqual(['a/c1 running g1', 'a/c8 unknown broken', 'a/c9 unknown ']);
  expect(documents[1]).toMatchObject({ instance: 'i8', error: { where: expect.any(String) as string } });
  expect(documents[1]).toMatchObject({ createdAt: '2026-01-01T00:00:00.000Z', bundle: '/b' });
  expect(documents[2]).toMatchObject({ createdAt: '', bundle: '', shim: { pid: 0, keeperPid: 0, group: '' } });
  expect(documents[2]?.error).toMatchObject({ code: 'SHIM_STATE_CORRUPT' });
});

test('metrics are those of every group that runs or should, and start none', async () => {
  await expect(shims.metrics()).resolves.toEqual({ text: '', failures: [] });
  record('b', 'c1', { schema: 1, group: 'g1' });
  own(await shims.list());
  record('a', 'c2', { schema: 1, group: 'g2' });
  const { text, failures } = await shims.metrics();
  const values = ['g1', 'g2'].map((group) => valueOf(text, 'holdfast_up', { group }));
  expect([values, valueOf(text, 'holdfast_containers')]).toEqual([[1, 0], 2]);
  expect(failures).toEqual([{ group: 'g2', error: expect.objectContaining({ code: 'SHIM_NOT_RUNNING' }) as object }]);
  expect(existsSync(groups.layout.group('g2'))).toBe(false);
  expect((await shims.metrics(['g1'])).failures).toEqual([]);
});

test("a container's client is its group's", async () => {
  record('a', 'c2', { schema: 1, group: 'g2' });
  const version = await shims.forContainer({ namespace: 'a', id: 'c2' }).version();
  groups.own(version.shim.keeperPid);
  expect(version.shim.group).toBe('g2');
});

test('a container without state has no client, and one that went meanwhile gets no keeper', async () => {
  expect(() => shims.forContainer({ namespace: 'a', id: 'c1' })).toThrow(/there is no container c1 in namespace a/);
  record('a', 'c1', { schema: 1, group: 'g1' });
  const client = shims.forContainer({ namespace: 'a', id: 'c1' });
  rmSync(groups.layout.container({ namespace: 'a', id: 'c1' }), { recursive: true });
  await expect(client.inspect({ namespace: 'a', id: 'c1' })).rejects.toMatchObject({
    code: 'SHIM_CONTAINER_NOT_FOUND',
  });
  expect(existsSync(groups.layout.group('g1'))).toBe(false);
});
