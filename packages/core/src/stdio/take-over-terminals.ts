import { closeSync, readFileSync, rmSync } from 'node:fs';
import { native } from '@holdfast/native';
import type { Keeper } from '../keeper/keeper.js';
import { readProcess } from '../reaper/process-identity.js';
import { EventPoller } from './event-poller.js';
import type { HeldTerminalsRecord } from './held-terminals.js';
import { readable } from './readable.js';

const SIGKILL = 9;
/** Nothing that is killed takes this long, unless it hangs in the kernel. */
const DEATH_MS = 10_000;

/**
 * Takes the terminals of a shimd that has outlived its keeper, gives them to ours, and ends that shimd, which must not come between.
 * To be called before anything is taken up. Returns the keys under which they are held.
 */
export async function takeOverTerminals(path: string, keeper: Keeper): Promise<string[]> {
  const record = read(path);
  if (record === undefined) return [];
  const pidfd = open(record);
  if (pidfd === undefined) return [];
  try {
    const names = Object.entries(record.terminals);
    for (const [name, number] of names) await take(keeper, name, { pidfd, number });
    native.pidfdSendSignal(pidfd, SIGKILL);
    await death(pidfd);
    rmSync(path, { force: true });
    return names.map(([name]) => name);
  } finally {
    closeSync(pidfd);
  }
}

function read(path: string): HeldTerminalsRecord | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as HeldTerminalsRecord;
  } catch {
    return undefined;
  }
}

/** Undefined if that process has gone, or is this one, which has taken the place of one with its pid. */
function open({ pid, startTime }: HeldTerminalsRecord): number | undefined {
  if (pid === process.pid) return undefined;
  let pidfd: number;
  try {
    pidfd = native.pidfdOpen(pid);
  } catch {
    return undefined;
  }
  // Read after it was opened: it is that process's, or the pid is another's by now.
  if (readProcess(pid)?.startTime === BigInt(startTime)) return pidfd;
  closeSync(pidfd);
  return undefined;
}

async function take(keeper: Keeper, name: string, from: { pidfd: number; number: number }): Promise<void> {
  const master = native.pidfdGetDescriptor(from.pidfd, from.number);
  try {
    await keeper.hold(name, master);
  } finally {
    closeSync(master);
  }
}

async function death(pidfd: number): Promise<void> {
  const poller = new EventPoller();
  try {
    await readable(poller, pidfd, DEATH_MS);
  } finally {
    poller.close();
  }
}
