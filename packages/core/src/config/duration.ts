const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };

/** What setTimeout can wait for; it fires at once for more. */
const MAX_MS = 2 ** 31 - 1;

/** Milliseconds of `500ms`, `30s`, `2m`; undefined for anything else, and for more than 24 days. */
export function parseDuration(text: string): number | undefined {
  const match = /^([0-9]{1,10})(ms|s|m)$/.exec(text);
  const unit = UNITS[match?.[2] ?? ''];
  if (match?.[1] === undefined || unit === undefined) return undefined;
  const milliseconds = Number(match[1]) * unit;
  return milliseconds <= MAX_MS ? milliseconds : undefined;
}

/** Of a duration that has been checked. */
export function milliseconds(text: string): number {
  const parsed = parseDuration(text);
  if (parsed === undefined) throw new RangeError(`not a checked duration: ${text}`);
  return parsed;
}
