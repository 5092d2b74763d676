import { closeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { ShimError } from '../plugin/shim-error.js';
import { StateLayout } from '../state/layout.js';
import { shimdCommand } from './shimd-command.js';
import { startKeeper } from './start-keeper.js';

const DEFAULT_ROOT = '/run/holdfast';
/** Somebody else, who starts it or leaves just now, gets so long. */
const BUSY_MS = 10_000;
const PAUSE_MS = 20;

/** A group whose shimd has a front end that launchers are served by. */
export interface FrontEndGroup {
  readonly group: string;
  /** Of the launchers. */
  readonly kind: string;
  /** Absolute paths of the module, and of shimd. */
  readonly frontEnd: string;
  readonly shimd: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Where state lies: told by HOLDFAST_ROOT alone, by which launchers look for it. */
export function launcherRoot(environment: Environment): string {
  return environment['HOLDFAST_ROOT'] || DEFAULT_ROOT;
}

/** Starts the group's shim, unless somebody does. Rejects as `startKeeper` does. */
export async function startFrontEnd(
  { group, kind, frontEnd, shimd }: FrontEndGroup,
  environment: Environment,
): Promise<void> {
  const layout = new StateLayout(launcherRoot(environment));
  const command = shimdCommand(shimd, ['--root', layout.root, '--group', group]);
  const launchSocket = layout.launchSocket(kind);
  const options = { layout, group, shimd: command, environment, frontEnds: [frontEnd], launchSocket };
  for (const end = Date.now() + BUSY_MS; ;) {
    const started = await startKeeper(options);
    if (started !== 'busy' || (await isListening(launchSocket))) return;
    if (Date.now() > end)
      throw new ShimError('SHIM_KEEPER_START', 'somebody holds the lock of the shim, and does not serve', {
        where: layout.groupLock(group),
      });
    // Nothing tells when the other one serves or has left.
    await delay(PAUSE_MS);
  }
}

/** A keeper that was killed has left its file. The socket is of a kind that Node can't connect to. */
async function isListening(path: string): Promise<boolean> {
  const { native } = await import('@holdfast/native');
  try {
    closeSync(native.seqpacketConnect(path));
    return true;
  } catch {
    return false;
  }
}
