import { ShimError } from '@holdfast/core/plugin';

const NANOSECONDS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
  d: 86_400_000_000_000n,
};
const PART = /(\d{1,15})(?:\.(\d{1,9}))?(ns|us|µs|ms|s|m|h|d)/g;
const AGE = /^(?:\d{1,15}(?:\.\d{1,9})?(?:ns|us|µs|ms|s|m|h|d))+$/;
const UNIX = /^(\d{1,11})(?:\.(\d{1,9}))?$/;
const DATE = /^(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d)(?::(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?)?([Zz]|[+-]\d\d:\d\d)?$/;

/**
 * Nanoseconds since the epoch of a time as docker takes it: RFC 3339, of which the time, parts of it, and the zone (then it is the
 * local one) may be missing; seconds since the epoch, with a fraction; or an age before `now`. Throws SHIM_USAGE.
 */
export function parseLogTime(text: string, option: string, now: bigint): bigint {
  const time = AGE.test(text) ? now - ageOf(text) : (unixTime(text) ?? dateTime(text));
  if (time !== undefined && time >= 0n) return time;
  throw new ShimError('SHIM_USAGE', `${JSON.stringify(text.slice(0, 40))} is not a time`, {
    where: option,
    remedy: 'Give RFC 3339 (2026-01-02T03:04:05Z), seconds since the epoch (1767323045.5), or an age (10m, 1h30m).',
  });
}

function ageOf(text: string): bigint {
  return [...text.matchAll(PART)].reduce((sum, [, whole, fraction = '', unit]) => {
    const scale = NANOSECONDS[unit!]!;
    return sum + BigInt(whole!) * scale + (BigInt(fraction.padEnd(9, '0')) * scale) / 1_000_000_000n;
  }, 0n);
}

function unixTime(text: string): bigint | undefined {
  const [, seconds, fraction = ''] = UNIX.exec(text) ?? [];
  return seconds === undefined ? undefined : BigInt(seconds) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'));
}

function dateTime(text: string): bigint | undefined {
  const [, date, hour = '00', minute = '00', second = '00', fraction = '', zone = ''] = DATE.exec(text) ?? [];
  if (date === undefined) return undefined;
  const milliseconds = Date.parse(`${date}T${hour}:${minute}:${second}${zone.toUpperCase()}`);
  if (Number.isNaN(milliseconds) || !isDay(date)) return undefined;
  return BigInt(milliseconds) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
}

/** Date.parse takes February 30 for March 2. */
function isDay(date: string): boolean {
  return new Date(`${date}T00:00:00Z`).toISOString().startsWith(date);
}
