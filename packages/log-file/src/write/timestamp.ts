/** How UTC is written. */
export type Zone = 'Z' | '+00:00';

/** RFC 3339 in UTC with nine fraction digits: readers such as podman's want exactly nine. */
export function timestamp(nanoseconds: bigint, zone: Zone = 'Z'): string {
  const seconds = nanoseconds / 1_000_000_000n;
  const fraction = String(nanoseconds % 1_000_000_000n).padStart(9, '0');
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}.${fraction}${zone}`;
}

/** The same without the zeros at the end of the fraction, as Go writes it. */
export function shortTimestamp(nanoseconds: bigint): string {
  return timestamp(nanoseconds).replace(/\.?0+Z$/, 'Z');
}
