import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { StateLayout } from '@holdfast/core/client';
import { somebodyListens } from '../listen/listen.js';
import { DeleteResponse } from '../messages/task.js';
import { coreNamespace } from '../names.js';
import { unmountAll } from '../rootfs/unmount-all.js';
import { bundleAddress } from './bundle-address.js';
import type { ShimCommandLine } from './command-line.js';
import { killed } from './killed.js';

/**
 * `delete` of a task of which there is no container, when nobody serves launchers: no shim is started for it. Undefined: there is one, or
 * somebody is perhaps making it, and a shim has to end it.
 */
export async function deleteNothing(line: ShimCommandLine, root: string, cwd: string): Promise<Uint8Array | undefined> {
  const layout = new StateLayout(root);
  const bundle = line.bundle === '' ? cwd : line.bundle;
  if (existsSync(layout.container({ namespace: coreNamespace(line), id: line.id }))) return undefined;
  const path = await bundleAddress(bundle);
  if (path !== undefined && existsSync(path)) {
    if (await somebodyListens(path)) return undefined;
    // Of a keeper that was killed.
    rmSync(path, { force: true });
  }
  await unmountAll(join(bundle, 'rootfs'));
  return DeleteResponse.encode({ pid: 0, ...killed() });
}
