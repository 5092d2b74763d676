import type { Command } from 'commander';
import type { CommandContext } from '../context.js';

/** Runs a command: `args` are its operands, `options` its own flags. Resolves to the exit code. */
export type Handler<T> = (context: CommandContext, args: readonly string[], options: T) => Promise<number>;

/** Hands commands to the program. */
export interface CommandHost {
  readonly program: Command;
  /** Adds the global flags to `command` and runs `handler` for it. */
  bind<T extends object>(command: Command, handler: Handler<T>): void;
}

/** Examples at the end of a command's help. */
export function examples(...lines: string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}\n`).join('')}`;
}
