const NANOS = 1_000_000_000n;

/** Nanoseconds since the epoch as RFC 3339 with nine digits, always 30 characters long. */
export function timestampOf(time: bigint): string {
  const seconds = new Date(Number(time / NANOS) * 1000).toISOString().slice(0, 19);
  return `${seconds}.${String(time % NANOS).padStart(9, '0')}Z`;
}

/** The way back, for any number of digits; undefined if it is none. */
export function parseTimestamp(text: string): bigint | undefined {
  const found = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/.exec(text);
  const millis = found === null ? NaN : Date.parse(`${found[1]}${found[3]}`);
  if (Number.isNaN(millis)) return undefined;
  return BigInt(millis) * 1_000_000n + BigInt((found?.[2] ?? '').padEnd(9, '0'));
}
