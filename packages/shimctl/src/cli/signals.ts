import { constants } from 'node:os';
import { didYouMean } from '@holdfast/core/client';
import { ShimError } from '@holdfast/core/plugin';

/** Linux has signals 1 to 64; glibc keeps 32 and 33 to itself, so SIGRTMIN is 34. */
const MAX_SIGNAL = 64;
const RTMIN = 34;

/** Number of a signal given as `TERM`, `SIGTERM`, `sigterm`, `15`, `RTMIN+3`. Throws SHIM_INVALID_ARGUMENT. */
export function parseSignal(text: string): number {
  const number = /^[0-9]{1,3}$/.test(text) ? Number(text) : numberOfName(text.toUpperCase().replace(/^SIG/, ''));
  if (number !== undefined && number >= 1 && number <= MAX_SIGNAL) return number;
  const shown = JSON.stringify(text.slice(0, 40));
  const hint = didYouMean(text.toUpperCase().replace(/^SIG/, ''), shortNames());
  throw new ShimError('SHIM_INVALID_ARGUMENT', `${shown} is not a signal${hint}`, {
    where: 'SIGNAL',
    remedy: `Give a name such as TERM or SIGKILL, or a number from 1 to ${MAX_SIGNAL}.`,
  });
}

/** Number of a signal that this process received. */
export function signalNumber(signal: NodeJS.Signals): number {
  return constants.signals[signal];
}

function numberOfName(name: string): number | undefined {
  const realtime = /^RT(MIN|MAX)(?:([+-])([0-9]{1,2}))?$/.exec(name);
  if (realtime !== null) return realtimeNumber(realtime);
  const full = `SIG${name}`;
  return Object.hasOwn(constants.signals, full) ? constants.signals[full as NodeJS.Signals] : undefined;
}

function realtimeNumber([, base, sign, digits]: RegExpExecArray): number | undefined {
  const offset = digits === undefined ? 0 : Number(`${sign}${digits}`);
  const number = (base === 'MIN' ? RTMIN : MAX_SIGNAL) + offset;
  return number >= RTMIN && number <= MAX_SIGNAL ? number : undefined;
}

function shortNames(): string[] {
  return Object.keys(constants.signals).map((name) => name.slice('SIG'.length));
}
