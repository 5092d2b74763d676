import type { LogGap, LogLoss } from '@holdfast/core/plugin';

const TEXT = /^holdfast: (\d{1,15}) records? \((\d{1,15}) bytes?\) lost: (.*)$/;
const LONGEST_REASON = 200;

/** What a log says where records are missing: one line, without newline. */
export function gapText({ records, bytes, reason }: Pick<LogLoss, 'records' | 'bytes' | 'reason'>): string {
  const line = reason.replace(/\p{Cc}+/gu, ' ').slice(0, LONGEST_REASON);
  return `holdfast: ${records} record${records === 1 ? '' : 's'} (${bytes} byte${bytes === 1 ? '' : 's'}) lost: ${line}`;
}

/** The gap that such a line, known to be no record of the container, tells of. */
export function gapOf(text: string, { stream, time }: Pick<LogGap, 'stream' | 'time'>): LogGap {
  const place = { ...(stream !== undefined && { stream }), ...(time !== undefined && { time }) };
  const [, records, bytes, reason] = TEXT.exec(text) ?? [];
  if (reason === undefined) return { type: 'gap', records: undefined, reason: text, ...place };
  return { type: 'gap', records: Number(records), bytes: Number(bytes), reason, ...place };
}
