import { constants } from 'node:os';
import { didYouMean, parseSignal } from '@holdfast/core/client';
import { ShimError } from '@holdfast/core/plugin';

/** Number of a signal given as `TERM`, `SIGTERM`, `sigterm`, `15`, `RTMIN+3`. Throws SHIM_USAGE. */
export function requireSignal(text: string): number {
  const number = parseSignal(text);
  if (number !== undefined) return number;
  const hint = didYouMean(text.toUpperCase().replace(/^SIG/, ''), shortNames());
  throw new ShimError('SHIM_USAGE', `${JSON.stringify(text.slice(0, 40))} is not a signal${hint}`, {
    where: 'SIGNAL',
    remedy: 'Give a name such as TERM or SIGKILL, or a number from 1 to 64.',
  });
}

/** Number of a signal that this process received. */
export function signalNumber(signal: NodeJS.Signals): number {
  return constants.signals[signal];
}

function shortNames(): string[] {
  return Object.keys(constants.signals).map((name) => name.slice('SIG'.length));
}
