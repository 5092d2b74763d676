import { chmodSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  listContainerDirectories,
  makeContainerDirectory,
  removeContainerDirectory,
} from '../../src/state/container-directory.js';
import { StateLayout } from '../../src/state/layout.js';
import { makePrivateDirectory } from '../../src/state/private-directory.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

const REF = { namespace: 'ns', id: 'c1' };

function layout(): StateLayout {
  return new StateLayout(join(temporaryDirectory(), 'root'));
}

const fill = (directory: string): Promise<void> => {
  writeFileSync(join(directory, 'request.json'), '{}');
  return Promise.resolve();
};

test('a directory appears whole and private', async () => {
  const state = layout();
  await makeContainerDirectory(state, REF, (draft) => {
    expect(readdirSync(state.namespace('ns')).filter((name) => !name.startsWith('.'))).toEqual([]);
    return fill(draft);
  });
  expect(readdirSync(state.container(REF))).toEqual(['request.json']);
  for (const path of [state.root, state.namespace('ns'), state.container(REF)])
    expect(statSync(path).mode & 0o777).toBe(0o700);
});

test('an id in use is refused, its directory untouched and no draft left', async () => {
  const state = layout();
  await makeContainerDirectory(state, REF, fill);
  await expect(makeContainerDirectory(state, REF, fill)).rejects.toMatchObject({
    code: 'SHIM_CONTAINER_EXISTS',
    remedy: expect.stringContaining(` delete ${REF.id}\``) as string,
  });
  expect(readdirSync(state.namespace('ns'))).toEqual(['c1']);
});

test('of many who want one id at once one gets it', async () => {
  const state = layout();
  const tries = await Promise.allSettled(Array.from({ length: 10 }, () => makeContainerDirectory(state, REF, fill)));
  expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(readdirSync(state.namespace('ns'))).toEqual(['c1']);
});

test('a failure on the way leaves nothing', async () => {
  const state = layout();
  await expect(makeContainerDirectory(state, REF, () => Promise.reject(new Error('disk full')))).rejects.toThrow(
    'disk full',
  );
  expect(readdirSync(state.namespace('ns'))).toEqual([]);
});

test('removing is one step, and none if there is nothing', async () => {
  const state = layout();
  await makeContainerDirectory(state, REF, fill);
  await removeContainerDirectory(state, REF);
  await removeContainerDirectory(state, REF);
  expect(readdirSync(state.namespace('ns'))).toEqual([]);
});

test('a list holds all containers, and clears away what dead processes left half done', async () => {
  const state = layout();
  expect(await listContainerDirectories(state)).toEqual([]);
  for (const ref of [REF, { namespace: 'other', id: 'c1' }]) await makeContainerDirectory(state, ref, fill);
  const namespace = state.namespace('ns');
  // A pid that no process has, and one that lives.
  for (const name of ['.new-5000000-x', '.gone-5000000-x', `.new-${process.ppid}-x`]) mkdirSync(join(namespace, name));
  writeFileSync(join(namespace, 'file'), '');
  symlinkSync('/etc', join(namespace, 'link'));
  const found = await listContainerDirectories(state);
  expect(found.map(({ namespace: name, id }) => `${name}/${id}`).sort()).toEqual(['ns/c1', 'other/c1']);
  expect(readdirSync(namespace).sort()).toEqual([`.new-${process.ppid}-x`, 'c1', 'file', 'link']);
});

test('a directory that others can write to, a link to one or to nothing is refused', () => {
  const root = temporaryDirectory();
  mkdirSync(join(root, 'open'));
  chmodSync(join(root, 'open'), 0o777);
  symlinkSync('/etc', join(root, 'link'));
  symlinkSync('nowhere', join(root, 'dangling'));
  for (const name of ['open', 'link', 'dangling']) {
    const insecure = expect.objectContaining({ code: 'SHIM_STATE_INSECURE' }) as Error;
    expect(() => makePrivateDirectory(join(root, name)), name).toThrow(insecure);
  }
});
