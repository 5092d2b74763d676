import type { NotifyOptions } from '@holdfast/core/client';
import type { CommandContext, Target } from '../context.js';
import { relayNotifications, waitForReady } from './relay-notifications.js';

/** Who says that a unit is ready. */
export const NOTIFIERS = ['shim', 'container', 'ignore'] as const;
export type NotifierName = (typeof NOTIFIERS)[number];

/** What `run` tells the unit that it was started in. */
export interface UnitNotifier {
  /** For the create request: the container gets a NOTIFY_SOCKET of its own. */
  readonly request: { readonly notify?: NotifyOptions };
  /** The container runs; `pid` is its init. Resolves when this process has nothing to tell any more, or to a code to exit with. */
  started(target: Target, pid: number): Promise<number | undefined>;
}

const NOBODY: UnitNotifier = { request: {}, started: () => Promise.resolve(undefined) };

/** The notifier for `--sdnotify`; without a NOTIFY_SOCKET there is nobody to tell. */
export function unitNotifier(context: CommandContext, name: NotifierName, detached: boolean): UnitNotifier {
  const address = context.environment.env['NOTIFY_SOCKET'];
  if (name === 'ignore' || address === undefined || address === '') return NOBODY;
  if (!/^[/@]/.test(address)) {
    context.output.note(`NOTIFY_SOCKET=${address.slice(0, 100)} is no Unix socket: nothing is sent to it`);
    return NOBODY;
  }
  const tell = (message: string): Promise<void> => send(context, address, message);
  if (name === 'shim') {
    return {
      request: {},
      started: async (_target, pid) => {
        await tell(`${mainPid(context, detached, pid)}READY=1`);
        return undefined;
      },
    };
  }
  return {
    request: { notify: { ...(detached ? { relayTo: address } : {}), ...watchdog(context) } },
    started: (target, pid) => {
      const relay = { target, tell, introduction: mainPid(context, detached, pid) };
      return detached ? waitForReady(context, relay) : relayNotifications(relay);
    },
  };
}

/**
 * In the foreground this process is the unit's: systemd is its parent, learns its exit code, which is the container's, and stops it by a
 * signal that it passes on. Of a container's init it would learn none of that; but when this process leaves, that is what remains.
 */
function mainPid({ environment }: CommandContext, detached: boolean, pid: number): string {
  if (!detached) return `MAINPID=${environment.unit.pid}\n`;
  return pid > 0 ? `MAINPID=${pid}\n` : '';
}

/** A container runs whether or not anybody hears of it. */
async function send({ environment, output }: CommandContext, address: string, message: string): Promise<void> {
  await environment.unit.notify(address, message).catch((error: unknown) => output.error(error));
}

function watchdog({ environment }: CommandContext): { watchdogUsec?: string } {
  const { WATCHDOG_USEC, WATCHDOG_PID } = environment.env;
  const mine = WATCHDOG_PID === undefined || WATCHDOG_PID === String(environment.unit.pid);
  return mine && WATCHDOG_USEC !== undefined && /^[0-9]{1,20}$/.test(WATCHDOG_USEC)
    ? { watchdogUsec: WATCHDOG_USEC }
    : {};
}
