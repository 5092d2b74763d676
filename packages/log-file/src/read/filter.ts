import type { LogEntry, LogGap, LogQuery, StreamName } from '@holdfast/core/plugin';
import type { RecordHead } from './decoder.js';
import { CLOCK_SLACK_NS } from './drop-sources.js';

const BOTH: readonly StreamName[] = ['stdout', 'stderr'];

/** Which records a query asks for. */
export class Filter {
  readonly streams: ReadonlySet<StreamName>;

  constructor(private readonly query: LogQuery) {
    this.streams = new Set(query.streams ?? BOTH);
  }

  accepts({ stream, time }: Pick<RecordHead, 'stream' | 'time'>): boolean {
    const { since } = this.query;
    if (!this.streams.has(stream)) return false;
    if (time === undefined) return true;
    return (since === undefined || time >= since) && !this.isLate(time);
  }

  /** Gaps are shown whatever is asked for. */
  shows(item: LogEntry | LogGap): boolean {
    return item.type === 'gap' || this.accepts(item);
  }

  /** True for an entry after which none before the query's `until` is expected. */
  isPast(item: LogEntry | LogGap): boolean {
    const slack = this.query.follow === undefined ? CLOCK_SLACK_NS : 0n;
    return item.type === 'entry' && item.time !== undefined && this.isLate(item.time - slack);
  }

  private isLate(time: bigint): boolean {
    const { until } = this.query;
    return until !== undefined && time >= until;
  }
}
