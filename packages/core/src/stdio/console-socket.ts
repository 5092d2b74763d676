import { closeSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { native } from '@holdfast/native';
import { ShimError } from '../plugin/shim-error.js';
import { makePrivateDirectory } from '../state/private-directory.js';
import type { EventPoller } from './event-poller.js';
import { readable } from './readable.js';

/** What a runtime has sent before it ended is there: this is for the event loop to notice. */
export const SENT_MS = 500;

/** Makes the socket on which a runtime sends the terminal's master. One that a killed shimd left is replaced. */
export function listenForConsole(path: string): number {
  makePrivateDirectory(dirname(path));
  rmSync(path, { force: true });
  return native.streamListen(path, 0o600, 1);
}

/**
 * The master that a runtime has sent, non-blocking, the caller's to close. The runtime sends it before it returns: what is not
 * there within `ms` does not come. Rejects with SHIM_RUNTIME_FAILED.
 */
export async function receiveConsole(listener: number, poller: EventPoller, ms: number): Promise<number> {
  const peer = (await readable(poller, listener, ms)) ? native.seqpacketAccept(listener) : -1;
  if (peer === -1) throw noTerminal();
  try {
    const message = (await readable(poller, peer, ms)) ? native.receive(peer, Buffer.allocUnsafe(4096)) : undefined;
    const [master, ...others] = message?.fds ?? [];
    for (const fd of others) closeSync(fd);
    if (master === undefined) throw noTerminal();
    return checked(master);
  } finally {
    closeSync(peer);
  }
}

function checked(master: number): number {
  try {
    native.terminalSize(master);
    native.setNonBlocking(master);
    return master;
  } catch (cause) {
    closeSync(master);
    throw new ShimError('SHIM_RUNTIME_FAILED', 'what the runtime sent is no terminal', { cause });
  }
}

function noTerminal(): ShimError {
  return new ShimError('SHIM_RUNTIME_FAILED', 'the runtime has sent no terminal over its console socket');
}
