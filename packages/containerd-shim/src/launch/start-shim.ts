import { closeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { shimdCommand, StateLayout, startKeeper } from '@holdfast/core/client';
import { ShimError } from '@holdfast/core/plugin';
import { native } from '@holdfast/native';
import { NODE_GROUP as GROUP } from '../groups/choose-group.js';
import { frontEndPath, shimdPath } from './paths.js';

const KIND = 'containerd';
const DEFAULT_ROOT = '/run/holdfast';
/** Somebody else, who starts it or leaves just now, gets so long. */
const BUSY_MS = 10_000;
const PAUSE_MS = 20;

/**
 * Starts the shim of this node's tasks, unless somebody does. Where its state lies is told by HOLDFAST_ROOT alone, by which the launcher looks for it.
 * Rejects as `startKeeper` does.
 */
export async function startShim(environment: Readonly<Record<string, string | undefined>>): Promise<void> {
  const root = rootOf(environment);
  const layout = new StateLayout(root);
  const shimd = shimdCommand(shimdPath(environment), ['--root', root, '--group', GROUP]);
  const frontEnds = [frontEndPath()];
  const launchSocket = layout.launchSocket(KIND);
  for (const end = Date.now() + BUSY_MS; ;) {
    const started = await startKeeper({ layout, group: GROUP, shimd, environment, frontEnds, launchSocket });
    if (started !== 'busy' || isListening(launchSocket)) return;
    if (Date.now() > end)
      throw new ShimError('SHIM_KEEPER_START', 'somebody holds the lock of the shim, and does not serve', {
        where: layout.groupLock(GROUP),
      });
    // Nothing tells when the other one serves or has left.
    await delay(PAUSE_MS);
  }
}

/** A keeper that was killed has left its file. The socket is of a kind that Node can't connect to. */
function isListening(path: string): boolean {
  try {
    closeSync(native.seqpacketConnect(path));
    return true;
  } catch {
    return false;
  }
}

/** Where state lies. */
export function rootOf(environment: Readonly<Record<string, string | undefined>>): string {
  return environment['HOLDFAST_ROOT'] || DEFAULT_ROOT;
}
