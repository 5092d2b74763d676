import { signalProcess } from '../reaper/foreign-processes.js';
import { readProcess, type ProcessIdentity } from '../reaper/process-identity.js';

const SIGKILL = 9;

/**
 * Kills an exec'd process and what is still in its process group. Its session began with the runtime command, which the keeper gave one
 * of its own, or later: nobody else's group can be in it. runc makes the process a leader, crun leaves it in the command's group.
 */
export function killTree(identity: ProcessIdentity): void {
  const group = readProcess(identity.pid)?.group ?? 0;
  if (!signalProcess(identity, SIGKILL)) return;
  try {
    if (group > 1) process.kill(-group, 'SIGKILL');
  } catch {
    // The group has gone.
  }
}
