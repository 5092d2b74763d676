import { closeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { StateLayout } from '../state/layout.js';
import { isLoop, readCrashes, type Crashes } from './crashes.js';

/** To the keeper: a shimd that waits to be started again is started at once. */
const SIGUSR1 = 10;
const LOOK_EVERY_MS = 20;

/** Has the keeper of a crash loop try at once. Resolves when it is known how that went, or after `patienceMs`. */
export async function hurry(layout: StateLayout, group: string, patienceMs = 15_000): Promise<void> {
  const before = readCrashes(layout, group);
  if (before === undefined || !isLoop(before)) return;
  await signal(before, layout, group);
  const end = Date.now() + patienceMs;
  // The keeper's file is all that tells.
  while (Date.now() < end) {
    const now = readCrashes(layout, group);
    if (now === undefined || now.serving || now.deaths > before.deaths) return;
    await delay(LOOK_EVERY_MS);
  }
}

async function signal({ keeper }: Crashes, layout: StateLayout, group: string): Promise<void> {
  const { native } = await import('@holdfast/native');
  let pidfd: number;
  try {
    pidfd = native.pidfdOpen(keeper);
  } catch {
    return;
  }
  try {
    // Once more, with the pidfd in hand: the pid may have been another's when it was opened.
    if (readCrashes(layout, group)?.keeper === keeper) native.pidfdSendSignal(pidfd, SIGUSR1);
  } catch {
    // It has just left: nothing is to be hurried.
  } finally {
    closeSync(pidfd);
  }
}
