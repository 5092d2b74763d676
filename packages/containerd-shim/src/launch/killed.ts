import { exitStatusOf, type ExitStatus } from '../task/exit-status.js';

const SIGKILL = 137;

/** How a task has ended of which nothing else is known. */
export function killed(): ExitStatus {
  return exitStatusOf({ exitCode: SIGKILL, signal: 'SIGKILL', exitedAt: new Date().toISOString() });
}
