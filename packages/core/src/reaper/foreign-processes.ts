import { closeSync } from 'node:fs';
import { native } from '@holdfast/native';
import { fromWaitStatus, type ExitStatus } from './exit-status.js';
import { bootId, readProcess, type ProcessIdentity } from './process-identity.js';
import type { SeenExit } from './reaper.js';

/** Watches processes that are not the keeper's children: those of a keeper that died. */
export class ForeignProcesses {
  readonly #watched = new Map<number, () => void>();
  readonly #poller = new native.Poller((token) => this.#watched.get(token)?.());
  #nextToken = 0;

  /** `identity` may be of another boot, or its pid reused: then its end is unknown, as of now. */
  exitOf(identity: ProcessIdentity): Promise<SeenExit> {
    const pidfd = openIdentified(identity);
    if (pidfd === undefined) return Promise.resolve(seen({ kind: 'unknown' }));
    return new Promise((resolve) => {
      const token = this.#nextToken++;
      // POLLIN tells that it has ended, POLLHUP that it was reaped: only then does the pidfd tell the status. Who is to reap may be late.
      this.#watched.set(token, () => {
        const zombie = exitStatusOf(pidfd) === undefined ? readZombie(identity) : undefined;
        if (zombie === 'unreadable') return;
        // Asked again: it may have been reaped between the two.
        const status = exitStatusOf(pidfd) ?? zombie;
        this.#watched.delete(token);
        this.#poller.remove(pidfd);
        closeSync(pidfd);
        resolve(seen(status ?? { kind: 'unknown' }));
      });
      this.#poller.add(pidfd, token);
    });
  }

  close(): void {
    this.#poller.close();
  }
}

/** A pidfd of the very process: opened first and checked then, so that a reused pid is noticed. */
function openIdentified(identity: ProcessIdentity): number | undefined {
  if (identity.bootId !== bootId()) return undefined;
  let pidfd: number;
  try {
    pidfd = native.pidfdOpen(identity.pid);
  } catch {
    return undefined;
  }
  if (readProcess(identity.pid)?.startTime === identity.startTime) return pidfd;
  closeSync(pidfd);
  return undefined;
}

function exitStatusOf(pidfd: number): ExitStatus | undefined {
  const waitStatus = native.pidfdExitStatus(pidfd);
  return waitStatus === undefined ? undefined : fromWaitStatus(waitStatus);
}

/** How a process has ended that nobody has reaped yet; `unreadable` if that is not for us to know, undefined if it is not there. */
function readZombie({ pid, startTime }: ProcessIdentity): ExitStatus | 'unreadable' | undefined {
  const found = readProcess(pid);
  if (found?.startTime !== startTime) return undefined;
  return found.waitStatus === undefined ? 'unreadable' : fromWaitStatus(found.waitStatus);
}

function seen(status: ExitStatus): SeenExit {
  return { status, time: native.realtime(), acknowledge: () => undefined };
}

/** Sends `signal` to the very process; false if it has gone. */
export function signalProcess(identity: ProcessIdentity, signal: number): boolean {
  const pidfd = openIdentified(identity);
  if (pidfd === undefined) return false;
  try {
    native.pidfdSendSignal(pidfd, signal);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  } finally {
    closeSync(pidfd);
  }
}
