import type { LaunchEnd, StreamedLaunch } from './streamed-launch.js';

/** What a launcher of version 3 says of itself besides. */
export interface StandingState {
  /** Its pid since it has left its caller; 0 before. */
  readonly detached: number;
  /** How many messages it has written to which of its descriptors, and how many bytes it has read, an end counted as one. */
  readonly descriptors: ReadonlyMap<number, { readonly told: number; readonly heard: number }>;
}

/**
 * A command line of a launcher that stands for what it was called for, and ends when that does: conmon. What is asked of it is done once over
 * restarts of shimd, if the next one asks for the same in the same order.
 */
export interface StandingLaunch extends StreamedLaunch {
  /** Has it become a process of its own session, for which its caller does not wait once it is released. Resolves to its pid. */
  detach(): Promise<number>;
  /** The caller goes on, and stdin, stdout and stderr are let go of, unless they are kept for now. */
  release(how?: { readonly keepStdio?: boolean }): void;
  /** Writes `message`, at most 32 KiB, to a descriptor it was started with, in one write. Rejects with SHIM_IO if that fails. */
  tell(fd: number, message: Uint8Array): Promise<void>;
  /** Reads a byte from a descriptor it was started with; false at its end. */
  hear(fd: number): Promise<boolean>;
  /** A copy of one of its descriptors, which the caller closes. Throws the system's errors. */
  descriptor(fd: number): number;
  /** Has it close descriptors from 3 on that it was started with. Resolves when their other ends can know. */
  close(fds: readonly number[]): Promise<void>;
}

/** As `StreamedLaunchHandler`. */
export type StandingLaunchHandler = (launch: StandingLaunch) => Promise<LaunchEnd>;
