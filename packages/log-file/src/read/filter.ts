import type { LogEntry, LogGap, LogQuery, StreamName } from '@holdfast/core/plugin';
import type { RecordHead } from './decoder.js';

const BOTH: readonly StreamName[] = ['stdout', 'stderr'];

/** Which records a query asks for. */
export class Filter {
  readonly streams: ReadonlySet<StreamName>;

  constructor(private readonly query: LogQuery) {
    this.streams = new Set(query.streams ?? BOTH);
  }

  accepts({ stream, time }: Pick<RecordHead, 'stream' | 'time'>): boolean {
    return this.streams.has(stream) && this.isInTime(time);
  }

  private isInTime(time: bigint | undefined): boolean {
    const { since } = this.query;
    return time === undefined || ((since === undefined || time >= since) && !this.isLate(time));
  }

  /** A gap of which it is not known whose or when it is, is shown whatever is asked for. */
  shows(item: LogEntry | LogGap): boolean {
    if (item.type === 'entry') return this.accepts(item);
    const { stream, time } = item;
    return (stream === undefined || this.streams.has(stream)) && this.isInTime(time);
  }

  /** True for an entry with which following ends. */
  isPast(item: LogEntry | LogGap): boolean {
    const { follow } = this.query;
    return follow !== undefined && item.type === 'entry' && item.time !== undefined && this.isLate(item.time);
  }

  private isLate(time: bigint): boolean {
    const { until } = this.query;
    return until !== undefined && time >= until;
  }
}
