import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { StateLayout } from '@holdfast/core/client';
import { coreNamespace } from '../names.js';
import { unmountAll } from '../rootfs/unmount-all.js';
import { DeleteResponse } from '../messages/task.js';
import type { ShimCommandLine } from './command-line.js';
import { killed } from './killed.js';

/**
 * `delete` of a task of which there is no container, when nobody serves: no shim is started for it. Undefined: there is one, and a shim has
 * to end it.
 */
export async function deleteNothing(line: ShimCommandLine, root: string, cwd: string): Promise<Uint8Array | undefined> {
  const layout = new StateLayout(root);
  if (existsSync(layout.container({ namespace: coreNamespace(line), id: line.id }))) return undefined;
  await unmountAll(join(line.bundle === '' ? cwd : line.bundle, 'rootfs'));
  return DeleteResponse.encode({ pid: 0, ...killed() });
}
