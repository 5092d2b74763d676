const RFC3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d:\d\d)$/;
const UNIX = /^\d{1,12}(\.\d{1,9})?$/;
const UNITS: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };

/** Milliseconds since the epoch of RFC 3339 or of seconds since the epoch; undefined for anything else. */
export function parseTime(text: string): number | undefined {
  const time = UNIX.test(text) ? Number(text) * 1_000 : RFC3339.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(time) ? undefined : time;
}

/** The same, and `10m` or `1h30m` for so long before `now`. */
export function parseTimeOrAge(text: string, now: number): number | undefined {
  if (!/^(\d{1,9}(d|h|ms|m|s))+$/.test(text)) return parseTime(text);
  const parts = [...text.matchAll(/(\d+)(d|h|ms|m|s)/g)];
  return now - parts.reduce((sum, [, count, unit]) => sum + Number(count) * (UNITS[unit as string] as number), 0);
}
