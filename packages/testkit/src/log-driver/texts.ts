import type { LogEntry, LogGap, StreamName } from '@holdfast/core/plugin';

/** What was read, as the container wrote it: one byte a character (latin1), newlines put back. A gap is shown as `[gap: REASON]`. */
export function writtenText(items: readonly (LogEntry | LogGap)[], stream?: StreamName): string {
  return items
    .filter((item) => item.type === 'gap' || stream === undefined || item.stream === stream)
    .map(itemText)
    .join('');
}

/** One item of {@link writtenText}. */
export function itemText(item: LogEntry | LogGap): string {
  if (item.type === 'gap') return `[gap: ${item.reason}]`;
  return item.bytes.toString('latin1') + (item.partial ? '' : '\n');
}
