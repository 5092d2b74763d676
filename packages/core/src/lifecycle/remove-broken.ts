import { existsSync, lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { DependencyContainer } from 'tsyringe';
import type { ContainerRef } from '../api/documents.js';
import { FILE_LANES, LAYOUT, RUNTIME_FACTORY } from '../di/tokens.js';
import { removeLogs } from '../logging/log-directory.js';
import { ShimError } from '../plugin/shim-error.js';
import { removeContainerDirectory } from '../state/container-directory.js';
import { ContainerRecords } from '../state/container-records.js';
import { RecordStore } from '../state/record-store.js';
import type { Container } from './container.js';
import { letGo } from './let-go.js';

/**
 * Removes by force a container that can't be taken up because of `error`. If its request can still be read, its runtime kills and
 * deletes it, and its default logs go too; of another one nobody knows where they are. Throws `error` itself if a newer version wrote
 * the state, and SHIM_STATE_CORRUPT if the runtime still has the container and nobody knows which runtime that is.
 */
export async function removeBroken(
  root: DependencyContainer,
  ref: ContainerRef,
  { error, container }: { readonly error: ShimError; readonly container?: Container | undefined },
): Promise<void> {
  if (error.code === 'SHIM_STATE_NEWER') throw error;
  const layout = root.resolve(LAYOUT);
  const store = new RecordStore(layout.container(ref));
  const isDirectory = lstatSync(store.directory, { throwIfNoEntry: false })?.isDirectory() === true;
  const request = isDirectory ? await ContainerRecords.readRequest(store, ref).catch(() => undefined) : undefined;
  if (request !== undefined) {
    const runtime = await root.resolve(RUNTIME_FACTORY).create(request.config, ref.namespace);
    await runtime.delete(ref.id, { force: true });
  }
  const left = join(layout.runtimeRoot(ref.namespace), ref.id);
  if (existsSync(left)) {
    throw new ShimError(
      'SHIM_STATE_CORRUPT',
      `a runtime still has ${ref.id}, and the records that name it are unreadable`,
      {
        where: left,
        remedy: `Delete it with its runtime first, such as: runc --root ${layout.runtimeRoot(ref.namespace)} delete --force ${ref.id}`,
        cause: error,
      },
    );
  }
  if (container !== undefined) await letGo(container, error);
  await removeContainerDirectory(layout, ref);
  const directory: unknown = request?.config.logDirectory;
  if (typeof directory === 'string')
    await removeLogs(directory, ref, root.resolve(FILE_LANES).forPath(directory, 'background'));
}
