import type { ShimError } from '../plugin/shim-error.js';

/** The way to one group's shimd. */
export interface ShimEndpoint {
  readonly group: string;
  readonly socketPath: string;
  /**
   * Called after a connection could not be made or was cut: starts the keeper if nobody serves. Resolves when asking again
   * makes sense, rejects with a coded error if it never will.
   */
  ensure(): Promise<void>;
  /** What is known to keep shimd from answering (SHIM_CRASH_LOOP), undefined if nothing is. */
  trouble?(): ShimError | undefined;
  /** The last words of the group's log, for an error message; empty if there are none. */
  lastWords?(): string;
  /** Milliseconds without a sign of life after which a call gives up; 15000 if left out. `wait` never does. */
  readonly patienceMs?: number;
}

export const DEFAULT_PATIENCE_MS = 15_000;
