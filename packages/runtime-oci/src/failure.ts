import { ShimError, type ShimErrorOptions, type CommandResult, type ErrorCode } from '@holdfast/core/plugin';
import type { Dialect, ErrorRule, OciCommand } from './dialect.js';
import { errorLines } from './error-lines.js';
import { safeWords } from './words.js';

/** A command of the runtime that did not end with exit code 0. */
export interface FailedCommand {
  readonly dialect: Dialect;
  readonly command: OciCommand;
  readonly id: string;
  /** The command line in short, for `ShimError.where`. */
  readonly where: string;
  readonly result: CommandResult;
  /** What the runtime wrote into its log. */
  readonly log: string;
}

/** The coded error of a failed command, with the runtime's own words. */
export function failure(failed: FailedCommand): ShimError {
  const { dialect, command, id, where } = failed;
  // Only the newest lines: a runtime may log without end, and its last words tell what made it fail.
  const lines = errorLines(failed.log, failed.result.stderr.toString()).slice(-64).map(safeWords).reverse();
  for (const words of lines) {
    const rule = dialect.errors.find((candidate) => matches(candidate, command, words));
    if (rule !== undefined) return new ShimError(rule.code, describe(rule.code, id, words), optionsOf(failed, rule));
  }
  const words = lines[0] ?? 'it gave no reason';
  return new ShimError('SHIM_RUNTIME_FAILED', `${dialect.name} ${command} ${ending(failed.result)}: ${words}`, {
    where,
  });
}

function matches(rule: ErrorRule, command: OciCommand, words: string): boolean {
  return (rule.commands === undefined || rule.commands.includes(command)) && rule.pattern.test(words);
}

function optionsOf({ where }: FailedCommand, { remedy }: ErrorRule): ShimErrorOptions {
  return { where, ...(remedy !== undefined && { remedy }) };
}

function describe(code: ErrorCode, id: string, words: string): string {
  if (code === 'SHIM_CONTAINER_NOT_FOUND') return `the runtime knows no container "${id}": ${words}`;
  if (code === 'SHIM_ILLEGAL_STATE') return `container "${id}" is in the wrong state: ${words}`;
  return words;
}

function ending({ code, signal }: CommandResult): string {
  return code === null ? `was ended by signal ${signal ?? 'unknown'}` : `failed with exit code ${code}`;
}
