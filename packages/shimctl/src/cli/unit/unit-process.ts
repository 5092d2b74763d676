import { setTimeout as delay } from 'node:timers/promises';
import { ShimError } from '@holdfast/core/plugin';
import { inheritedDescriptors } from './inherited-descriptors.js';

/** This process as the one that started it sees it: systemd, perhaps. */
export interface UnitProcess {
  readonly pid: number;
  /** How many descriptors from 3 on, without a gap, it was started with. To be asked before it opens any. */
  inherited(): number;
  /** Sends a message of sd_notify(3). Rejects with SHIM_IO. */
  notify(address: string, message: string): Promise<void>;
}

/** Node's own process. */
export const UNIT_PROCESS: UnitProcess = { pid: process.pid, inherited: inheritedDescriptors, notify };

/** A manager that does not read its queue for so long is not there. */
const PATIENCE_MS = 5_000;
const RETRY_MS = 50;

async function notify(address: string, message: string): Promise<void> {
  const { native } = await import('@holdfast/native');
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return native.notifySend(address, Buffer.from(message), 0);
    } catch (cause) {
      const { code, message: words } = cause as NodeJS.ErrnoException;
      if (code !== 'EAGAIN' || Date.now() > end) {
        throw new ShimError('SHIM_IO', `NOTIFY_SOCKET can't be reached: ${words}`, { where: address, cause });
      }
    }
    await delay(RETRY_MS);
  }
}
