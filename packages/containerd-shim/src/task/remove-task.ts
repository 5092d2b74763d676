import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ContainerRef, FrontEndHost, ProcessHandle } from '@holdfast/core';
import { isShimError } from '@holdfast/core/plugin';
import type { Publisher } from '../events/publisher.js';
import { DeleteResponse } from '../messages/task.js';
import { unmountAll } from '../rootfs/unmount-all.js';
import type { Creates } from './creates.js';
import { exitStatusOf, type ExitStatus } from './exit-status.js';
import { killed } from '../launch/killed.js';

/** containerd waits 5 s for all of it. */
const EXIT_MS = 3_000;

export interface RemoveParts {
  readonly host: FrontEndHost;
  readonly creates: Creates;
  readonly publisher: Pick<Publisher, 'leaveOut'>;
}

/** Which task. `requestId` as of every call that changes something. */
export interface Removal {
  readonly ref: ContainerRef;
  readonly bundle: string;
  readonly requestId: string;
}

/**
 * Ends a task that containerd has lost its connection to, or that it is done with: whatever is left of it goes, and nothing left is no error.
 * Resolves to what `delete` prints.
 */
export async function removeTask(parts: RemoveParts, { ref, bundle, requestId }: Removal): Promise<Uint8Array> {
  await parts.creates.end(ref);
  let answer: Ended = { pid: 0, ...killed() };
  try {
    const process = parts.host.process(ref);
    if (await isSameDirectory(process.bundle, bundle)) {
      answer = await end(parts, process, { ref, requestId });
      await parts.host.service.delete(ref, { requestId, force: true });
    }
  } catch (error) {
    if (!isShimError(error) || error.code !== 'SHIM_CONTAINER_NOT_FOUND') throw error;
  }
  await unmountAll(join(bundle, 'rootfs'));
  return DeleteResponse.encode(answer);
}

/**
 * False: the id is that of a task which a containerd with another state directory has left running, and not of the one that was refused for it. A
 * directory that has gone may have been moved here.
 */
async function isSameDirectory(recorded: string, asked: string): Promise<boolean> {
  if (recorded === asked) return true;
  const [there, here] = await Promise.all([recorded, asked].map((path) => stat(path).catch(() => undefined)));
  return there === undefined || (there.ino === here?.ino && there.dev === here.dev);
}

type Ended = ExitStatus & { readonly pid: number };

async function end(
  { host, publisher }: RemoveParts,
  process: ProcessHandle,
  { ref, requestId }: Pick<Removal, 'ref' | 'requestId'>,
): Promise<Ended> {
  // containerd tells its clients what `delete` has printed: it must not hear of this end twice.
  publisher.leaveOut((await host.service.inspect(ref)).instance);
  if (process.exit === undefined)
    await host.service.kill(ref, { requestId: `${requestId}-kill`, signal: 9, all: true }).catch(() => undefined);
  const exit = process.exit ?? (await Promise.race([process.exited, delay(EXIT_MS, undefined, { ref: false })]));
  return { pid: process.pid, ...(exit === undefined ? killed() : exitStatusOf(exit)) };
}
