import { resolve } from 'node:path';
import { ShimError } from '@holdfast/core/plugin';

/** setTimeout and the API take at most so many milliseconds: 24 days. */
const LONGEST_MS = 2 ** 31 - 1;

/** Milliseconds of a number of seconds, `10` or `0.5`. Throws SHIM_USAGE. */
export function parseSeconds(text: string, option: string): number {
  const milliseconds = /^[0-9]+(\.[0-9]+)?$/.test(text) ? Math.round(Number(text) * 1000) : NaN;
  if (milliseconds <= LONGEST_MS) return milliseconds;
  throw invalid(text, option, `a number of seconds from 0 to ${Math.floor(LONGEST_MS / 1000)}`);
}

/** A count, 0 or more. Throws SHIM_USAGE. */
export function parseCount(text: string, option: string): number {
  const count = /^[0-9]+$/.test(text) ? Number(text) : NaN;
  if (Number.isSafeInteger(count)) return count;
  throw invalid(text, option, 'a whole number, 0 or more');
}

/** The absolute path of a file that an option names. Throws SHIM_USAGE. */
export function parsePath(text: string, option: string, cwd: string): string {
  if (text !== '') return resolve(cwd, text);
  throw invalid(text, option, 'the path of a file');
}

/** A value that is not what `expected` says. */
export function invalid(text: string, where: string, expected: string): ShimError {
  return new ShimError('SHIM_USAGE', `${JSON.stringify(text.slice(0, 40))} is not ${expected}`, {
    where,
    remedy: `Give ${expected}.`,
  });
}
