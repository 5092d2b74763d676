import type { ErrorCode } from '@holdfast/core/plugin';

/** The commands of an OCI runtime that holdfast uses. */
export type OciCommand =
  'create' | 'start' | 'exec' | 'kill' | 'delete' | 'state' | 'pause' | 'resume' | 'update' | 'ps';

/** Commands that a runtime may lack. */
export const OPTIONAL_COMMANDS = ['pause', 'resume', 'update', 'ps'] as const;
export type OptionalCommand = (typeof OPTIONAL_COMMANDS)[number];

/**
 * How one error of a runtime is known.
 *
 * The words of a runtime repeat text that the container's author chose, so a pattern is anchored at both ends
 * and allows free text only where the runtime quotes it.
 */
export interface ErrorRule {
  readonly code: ErrorCode;
  readonly pattern: RegExp;
  /** The commands that can end with this error; all if left out. */
  readonly commands?: readonly OciCommand[];
  /** Instead of the code's own remedy. */
  readonly remedy?: string;
}

/** What differs between the runtimes that share the OCI command line. */
export interface Dialect {
  /** The plugin's name, which the runtime object carries too. */
  readonly name: string;
  /** Global flags that make the runtime write its errors into `file`, best as JSON lines with `level` and `msg`. */
  logFlags(file: string): readonly string[];
  /** Tried in order; the first match names the error's code. */
  readonly errors: readonly ErrorRule[];
  /** `create` and `exec` take `--preserve-fds N`. */
  readonly preserveFds?: true;
  /** Commands that the runtime does not have: their methods are absent. */
  readonly unsupported: readonly OptionalCommand[];
}

/** `--log FILE --log-format json`, which runc, crun, youki, runsc and kata understand. */
export function jsonLogFlags(file: string): readonly string[] {
  return ['--log', file, '--log-format', 'json'];
}
