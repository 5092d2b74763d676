import { nameInRemedy, type NotificationsDocument } from '@holdfast/core/client';
import { isShimError, ShimError } from '@holdfast/core/plugin';
import type { CommandContext, Target } from '../context.js';
import { EXIT } from '../exit-codes.js';

/** What a container's messages are passed on with. */
export interface NotificationRelay {
  readonly target: Target;
  readonly tell: (message: string) => Promise<void>;
  /** Lines that go before its READY=1. */
  readonly introduction: string;
}

/** Passes on what a container says until it ends. */
export async function relayNotifications(relay: NotificationRelay): Promise<undefined> {
  await passOn(relay, () => false);
}

/** Passes on what a container says until it is ready. Resolves to a code to exit with if it ended before. */
export async function waitForReady(context: CommandContext, relay: NotificationRelay): Promise<number | undefined> {
  const { service, ref } = relay.target;
  // Asked before: one that removes itself can't be asked afterwards.
  const exited = service.wait(ref, 'drained').catch(() => undefined);
  if (await passOn(relay, ({ ready }) => ready)) return undefined;
  const code = (await exited)?.exitCode ?? null;
  const how = code === null ? 'ended' : `exited with ${code}`;
  context.output.error(
    nameInRemedy(
      new ShimError('SHIM_NOT_READY', `${ref.id} ${how} before it said READY=1`, { where: 'NOTIFY_SOCKET' }),
      ref,
    ),
  );
  return code === null || code === 0 ? EXIT.SHIM_FAILED : code;
}

/** True if `enough` was; false if the container has ended first. */
async function passOn(
  { target, tell, introduction }: NotificationRelay,
  enough: (document: NotificationsDocument) => boolean,
): Promise<boolean> {
  let introduced = false;
  for (let cursor = ''; ;) {
    const document = await next(target, cursor);
    for (const message of document.messages) {
      const ready = isReady(message);
      await tell(ready && !introduced ? introduction + message : message);
      introduced ||= ready;
    }
    // It has said so to a shimd that was killed before it could tell.
    if (document.ready && !introduced) {
      await tell(`${introduction}READY=1`);
      introduced = true;
    }
    if (enough(document)) return true;
    if (document.ended) return false;
    cursor = document.cursor;
  }
}

/** One that removed itself has ended. */
async function next({ service, ref }: Target, cursor: string): Promise<NotificationsDocument> {
  try {
    return await service.notifications(ref, cursor);
  } catch (error) {
    if (isShimError(error) && error.code === 'SHIM_CONTAINER_NOT_FOUND') {
      return { cursor, messages: [], ready: false, ended: true };
    }
    throw error;
  }
}

function isReady(message: string): boolean {
  return message.split('\n').includes('READY=1');
}
