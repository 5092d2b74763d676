import type { ChildStdio } from './child-stdio.js';

/** A program to run to its end. */
export interface Command {
  /** `argv[0]` is an absolute path, or a name looked up in PATH. No shell is involved. */
  readonly argv: readonly string[];
  readonly cwd?: string;
  /** Added to the shim's own clean environment (PATH, HOME, LANG). */
  readonly env?: Readonly<Record<string, string>>;
  /** Given: the program's stdio, and nothing is captured. Left out: stdin is /dev/null, stdout and stderr are captured. */
  readonly stdio?: ChildStdio;
  /** Milliseconds after which the program's process group gets SIGKILL; limits.runtimeTimeout if left out. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** How a {@link Command} ended. */
export interface CommandResult {
  /** Exit code, or null if a signal ended it. */
  readonly code: number | null;
  /** The number of the signal that ended it, or null. */
  readonly signal: number | null;
  /** Captured output, at most 1 MiB of each; the rest is discarded. */
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

/**
 * Runs programs as children of the keeper, so that they survive shimd.
 *
 * Rejects with SHIM_RUNTIME_BINARY_NOT_FOUND, SHIM_RUNTIME_NOT_EXECUTABLE, SHIM_RUNTIME_TIMEOUT or SHIM_IO;
 * a non-zero exit is a result and no error.
 */
export interface CommandRunner {
  run(command: Command): Promise<CommandResult>;
}
