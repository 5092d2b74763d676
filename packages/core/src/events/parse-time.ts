const RFC3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d:\d\d)$/;
const UNIX = /^\d{1,12}(\.\d{1,9})?$/;

/** Milliseconds since the epoch of RFC 3339 or of seconds since the epoch; undefined for anything else. */
export function parseTime(text: string): number | undefined {
  const time = UNIX.test(text) ? Number(text) * 1_000 : RFC3339.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(time) ? undefined : time;
}
