import type { Format } from '../options/settings.js';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const NANOS = 1_000_000_000n;

/** The time of a message, in nanoseconds since the epoch, always of one length for a format. */
export function timestampOf(format: Format, time: bigint): string {
  const seconds = new Date(Number(time / NANOS) * 1000);
  if (format === 'rfc3164') return localTime(seconds);
  const text = seconds.toISOString().slice(0, 19);
  if (format === 'rfc5424') return `${text}Z`;
  return `${text}.${String((time % NANOS) / 1000n).padStart(6, '0')}Z`;
}

/** `Jan  2 03:04:05`, in the time zone of the shim: RFC 3164 names none. */
function localTime(date: Date): string {
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map((n) => String(n).padStart(2, '0'));
  return `${MONTHS[date.getMonth()]} ${String(date.getDate()).padStart(2)} ${clock.join(':')}`;
}
