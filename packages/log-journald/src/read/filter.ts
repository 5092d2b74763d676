import type { LogQuery, StreamName } from '@holdfast/core/plugin';
import type { StoredRecord } from './stored-record.js';

const BOTH: readonly StreamName[] = ['stdout', 'stderr'];
/** Records of one stream may be older than an earlier one of the other by as long as journald did not answer. */
const DISORDER_NS = 60_000_000_000n;

/** Which records a query asks for. */
export class Filter {
  readonly streams: ReadonlySet<StreamName>;

  constructor(private readonly query: LogQuery) {
    this.streams = new Set(query.streams ?? BOTH);
  }

  accepts(record: StoredRecord): boolean {
    return this.streams.has(record.entry.stream) && this.isInTime(record);
  }

  isInTime({ entry }: StoredRecord): boolean {
    const { since, until } = this.query;
    return (since === undefined || entry.time >= since) && (until === undefined || entry.time < until);
  }

  /** True if nothing that is asked for comes after this record. */
  isPast({ entry }: StoredRecord): boolean {
    const { until, follow } = this.query;
    if (until === undefined) return false;
    return entry.time >= (follow === undefined ? until + DISORDER_NS : until);
  }
}
