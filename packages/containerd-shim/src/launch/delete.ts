import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isShimError } from '@holdfast/core/plugin';
import type { FrontEndHost, Launch } from '@holdfast/core';
import { DeleteResponse } from '../messages/index.js';
import { coreNamespace } from '../names.js';
import { unmountAll } from '../rootfs/unmount-all.js';
import { exitStatusOf, type ExitStatus } from '../task/exit-status.js';
import type { ShimCommandLine } from './command-line.js';
import { killed } from './killed.js';

/** containerd waits 5 s for all of it. */
const EXIT_MS = 3_000;

/** `delete`: containerd has lost its connection, or is done with the task. Whatever is left of it goes; nothing left is no error. */
export async function deleteTask(line: ShimCommandLine, launch: Launch, host: FrontEndHost): Promise<number> {
  const ref = { namespace: coreNamespace(line), id: line.id };
  const bundle = line.bundle === '' ? launch.cwd : line.bundle;
  let answer: ExitStatus & { readonly pid: number } = { pid: 0, ...killed() };
  try {
    const process = host.process(ref);
    if (process.exit === undefined)
      await host.service
        .kill(ref, { requestId: `${launch.requestId}-kill`, signal: 9, all: true })
        .catch(() => undefined);
    const exit = process.exit ?? (await Promise.race([process.exited, delay(EXIT_MS, undefined, { ref: false })]));
    answer = { pid: process.pid, ...(exit === undefined ? killed() : exitStatusOf(exit)) };
    await host.service.delete(ref, { requestId: launch.requestId, force: true });
  } catch (error) {
    if (!isShimError(error) || error.code !== 'SHIM_CONTAINER_NOT_FOUND') throw error;
  }
  await unmountAll(join(bundle, 'rootfs'));
  await launch.stdout(DeleteResponse.encode(answer));
  return 0;
}
