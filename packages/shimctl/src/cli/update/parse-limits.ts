import { invalid } from '../numbers.js';
import { parseSize } from '../spec/parse-size.js';

const NO_LIMIT = -1;

/** Bytes, or -1. Throws SHIM_USAGE, as all of these do. */
export function parseSizeLimit(text: string, option: string): number {
  if (text === String(NO_LIMIT)) return NO_LIMIT;
  try {
    return parseSize(text, option);
  } catch {
    throw invalid(text, option, 'a size such as 65536, 64k, 64m or 1g, or -1');
  }
}

/** A whole number from 1, or -1. */
export function parseLimit(text: string, option: string): number {
  if (text === String(NO_LIMIT)) return NO_LIMIT;
  return parseWhole(text, option, { least: 1, most: Number.MAX_SAFE_INTEGER });
}

/** A whole number between two others. */
export function parseWhole(text: string, option: string, { least, most }: { least: number; most: number }): number {
  const value = /^[0-9]+$/.test(text) ? Number(text) : NaN;
  if (value >= least && value <= most) return value;
  throw invalid(text, option, `a whole number from ${least} to ${most}`);
}

/** A number of CPUs, such as 1.5. */
export function parseCpus(text: string, option: string): number {
  const value = /^[0-9]{1,6}(\.[0-9]{1,9})?$/.test(text) ? Number(text) : NaN;
  if (value > 0) return value;
  throw invalid(text, option, 'a number of CPUs above 0, such as 1.5');
}

/** A list of numbers and ranges, such as 0-2,4, as the kernel reads it. */
export function parseList(text: string, option: string): string {
  if (/^[0-9]{1,6}(-[0-9]{1,6})?(,[0-9]{1,6}(-[0-9]{1,6})?)*$/.test(text)) return text;
  throw invalid(text, option, 'a list such as 0-2,4');
}
