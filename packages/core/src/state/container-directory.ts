import { randomUUID } from 'node:crypto';
import { mkdirSync, renameSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContainerRef } from '../api/documents.js';
import { removeTree } from '../files/remove-tree.js';
import { ShimError } from '../plugin/shim-error.js';
import { nameInRemedy } from './name-in-remedy.js';
import type { StateLayout } from './layout.js';
import { isPrivateDirectory, makePrivateDirectory } from './private-directory.js';

/** Names that no id can have: directories being made or removed. */
const DRAFT = '.new-';
const REMOVED = '.gone-';

/**
 * A container's directory comes to be with all that `fill` writes into it, or not at all: it is made under another name and
 * renamed, which fails if the id is in use (SHIM_CONTAINER_EXISTS).
 */
export async function makeContainerDirectory(
  layout: StateLayout,
  ref: ContainerRef,
  fill: (directory: string) => Promise<void>,
): Promise<void> {
  const namespace = layout.namespace(ref.namespace);
  makePrivateDirectory(layout.namespaces);
  makePrivateDirectory(namespace);
  const draft = join(namespace, `${DRAFT}${process.pid}-${randomUUID()}`);
  mkdirSync(draft, { mode: 0o700 });
  try {
    await fill(draft);
    renameSync(draft, layout.container(ref));
  } catch (error) {
    await removeTree(draft);
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST' && code !== 'ENOTDIR') throw error;
    const where = layout.container(ref);
    throw nameInRemedy(new ShimError('SHIM_CONTAINER_EXISTS', `the id ${ref.id} is in use`, { where }), ref);
  }
}

/** Removes it as one step: the id is free at once. */
export async function removeContainerDirectory(layout: StateLayout, ref: ContainerRef): Promise<void> {
  const gone = join(layout.namespace(ref.namespace), `${REMOVED}${process.pid}-${randomUUID()}`);
  try {
    renameSync(layout.container(ref), gone);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  await removeTree(gone);
}

/** All containers that have a directory; what dead processes left half made or half removed is cleared away. */
export async function listContainerDirectories(layout: StateLayout): Promise<ContainerRef[]> {
  const found: ContainerRef[] = [];
  if (!isPrivateDirectory(layout.namespaces)) return found;
  for (const namespace of await directories(layout.namespaces)) {
    for (const name of await directories(layout.namespace(namespace))) {
      if (!name.startsWith('.')) found.push({ namespace, id: name });
      else if (isLeftover(name)) await removeTree(join(layout.namespace(namespace), name));
    }
  }
  return found;
}

async function directories(path: string): Promise<string[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function isLeftover(name: string): boolean {
  const pid = /^\.(?:new|gone)-([0-9]+)-/.exec(name)?.[1];
  if (pid === undefined) return false;
  if (Number(pid) === process.pid) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
