import type { ErrorCode } from '@holdfast/core/plugin';

/** Exit codes of shimctl itself; `run` and `exec` pass the code of their process on. */
export const EXIT = {
  OK: 0,
  FAILURE: 1,
  USAGE: 2,
  /** `run` and `exec`: the process could not be started, or its code can't be known. */
  SHIM_FAILED: 125,
  NOT_EXECUTABLE: 126,
  COMMAND_NOT_FOUND: 127,
  INTERRUPTED: 130,
  /** `run` and `exec`: nobody reads stdout any more, as after SIGPIPE; the process goes on. */
  OUTPUT_CLOSED: 141,
} as const;

/** Commands that pass on the code of a process. */
export const STAYS_WITH_PROCESS: ReadonlySet<string> = new Set(['run', 'exec', 'attach']);

/** Exit code for a failed command. */
export function failureExitCode(command: string, code: ErrorCode): number {
  if (code === 'SHIM_USAGE') return EXIT.USAGE;
  if (!STAYS_WITH_PROCESS.has(command)) return EXIT.FAILURE;
  if (code === 'SHIM_COMMAND_NOT_FOUND') return EXIT.COMMAND_NOT_FOUND;
  return code === 'SHIM_COMMAND_PERMISSION' ? EXIT.NOT_EXECUTABLE : EXIT.SHIM_FAILED;
}
