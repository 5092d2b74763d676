import { ShimError } from '@holdfast/core/plugin';

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };

/** Bytes of `65536`, `64k`, `64m`, `1g`, also written `64M`, `64MB` or `64MiB`. Throws SHIM_USAGE. */
export function parseSize(text: string, where: string): number {
  const match = /^([1-9][0-9]*)([kmgt]?)(?:i?b)?$/i.exec(text);
  const bytes = Number(match?.[1]) * (UNITS[match?.[2]?.toLowerCase() ?? ''] ?? NaN);
  if (Number.isSafeInteger(bytes)) return bytes;
  throw new ShimError('SHIM_USAGE', `${JSON.stringify(text.slice(0, 40))} is not a size`, {
    where,
    remedy: 'Give a number of bytes, or one with a unit: 65536, 64k, 64m, 1g.',
  });
}
