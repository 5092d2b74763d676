const NANOSECONDS = 1_000_000_000n;

/** RFC 3339 in UTC with nanoseconds, of nanoseconds since the epoch. */
export function formatTime(time: bigint): string {
  const second = new Date(Number(time / NANOSECONDS) * 1000).toISOString().slice(0, 'YYYY-MM-DDTHH:MM:SS'.length);
  return `${second}.${String(time % NANOSECONDS).padStart(9, '0')}Z`;
}
