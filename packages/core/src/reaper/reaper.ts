import type { ExitStatus } from './exit-status.js';
import type { ProcessIdentity } from './process-identity.js';

/** An exit that was seen. The keeper keeps it until it is acknowledged: record it first. */
export interface SeenExit {
  readonly status: ExitStatus;
  /** Nanoseconds since the epoch. */
  readonly time: bigint;
  acknowledge(): void;
}

/** A process whose end the reaper reports. */
export interface TrackedProcess extends ProcessIdentity {
  readonly exited: Promise<SeenExit>;
}

/** How many exits the reaper was told of. */
export interface Reaped {
  /** Of processes that somebody waited for. */
  readonly tracked: number;
  /** Of processes that nobody knew. */
  readonly orphan: number;
}

/**
 * Learns how processes end. Orphans that nobody tracks are reaped and forgotten.
 */
export interface Reaper {
  /** Since this shimd came up. */
  readonly reaped: Reaped;
  /**
   * Runs `spawn` and tracks the process that it resolves to. An exit that comes before `spawn` resolves is not lost.
   */
  track<T extends { readonly pid: number }>(spawn: () => Promise<T>): Promise<T & TrackedProcess>;
  /** The process that a runtime has just named by its pid alone; start time 0 if it has ended, whoever has the pid by now. */
  identify(pid: number): ProcessIdentity;
  /** Tracks a process of an earlier shimd: from the keeper's memory if it is the keeper's child, else by pidfd. */
  adopt(identity: ProcessIdentity): TrackedProcess;
  /** Waits for a command that an earlier shimd had started under `tag`; undefined if the keeper doesn't know it. */
  command(tag: string): Promise<SeenExit> | undefined;
  /** The pid of such a command; undefined if it does not run, or was not started by an earlier shimd. */
  commandPid(tag: string): number | undefined;
  /** While the returned function was not called, exits of unknown processes are kept. */
  hold(): () => void;
}
