import { ShimError } from '@holdfast/core/plugin';

const AGE = /^(\d{1,9})(ms|s|m|h|d|w)$/;
const MILLISECONDS: Readonly<Record<string, bigint>> = {
  ms: 1n,
  s: 1000n,
  m: 60_000n,
  h: 3_600_000n,
  d: 86_400_000n,
  w: 604_800_000n,
};

/** Nanoseconds that a duration such as `12h` means. Throws SHIM_CONFIG_INVALID that names `option`. */
export function parseAge(text: string, option: string): bigint {
  const [, digits = '', unit = ''] = AGE.exec(text) ?? [];
  const scale = MILLISECONDS[unit];
  if (scale !== undefined) return BigInt(digits) * scale * 1_000_000n;
  throw new ShimError('SHIM_CONFIG_INVALID', `${option} is no duration: ${JSON.stringify(text)}`, {
    where: `options.${option}`,
    remedy: 'Give a whole number followed by s, m, h, d or w, such as "7d".',
  });
}
