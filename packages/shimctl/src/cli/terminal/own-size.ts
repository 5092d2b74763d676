import type { TerminalOptions } from '@holdfast/core/client';
import type { CommandContext } from '../context.js';

/** The size that a new process's terminal begins with: that of ours, if we have one. */
export async function ownSize({ environment }: CommandContext): Promise<Pick<TerminalOptions, 'terminalSize'>> {
  if (!environment.isTTY.stdout && !environment.isTTY.stdin) return {};
  const terminalSize = (await environment.openTerminal()).size();
  return terminalSize === undefined ? {} : { terminalSize };
}
