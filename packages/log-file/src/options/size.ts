import { ShimError } from '@holdfast/core/plugin';

const SIZE = /^(\d{1,15}(?:\.\d{1,9})?)([kmgt]?)b?$/i;
const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, g: 1e9, t: 1e12 };

/**
 * Bytes that a size such as `10m`, `512k` or `1048576` means, `undefined` for 0 and -1 (no limit).
 * Throws SHIM_CONFIG_INVALID that names `option`.
 */
export function parseSize(value: string | number, option: string): number | undefined {
  const text = String(value);
  if (text === '-1') return undefined;
  const [, digits, unit] = SIZE.exec(text) ?? [];
  const bytes = Math.floor(Number(digits) * (UNITS[(unit ?? '').toLowerCase()] ?? NaN));
  if (!Number.isSafeInteger(bytes)) {
    throw new ShimError('SHIM_CONFIG_INVALID', `${option} is no size: ${JSON.stringify(value)}`, {
      where: `options.${option}`,
      remedy: 'Give bytes, or a number followed by k, m, g or t, such as "10m"; 0 means no limit.',
    });
  }
  return bytes === 0 ? undefined : bytes;
}
