import { ShimError } from '@holdfast/core/plugin';
import type { CommandContext } from '../context.js';

/** As docker's: keys come from a terminal. What is piped into one ends with no end that its program would understand. Throws SHIM_USAGE. */
export function requireKeys(
  { environment }: CommandContext,
  { tty, interactive }: { readonly tty?: true; readonly interactive?: true },
): void {
  if (tty === undefined || interactive === undefined || environment.isTTY.stdin) return;
  throw new ShimError('SHIM_USAGE', 'the input is no terminal', {
    where: '-i -t',
    remedy: 'Leave out -t to pipe something in, or -i to show a program that has a terminal and reads nothing.',
  });
}
