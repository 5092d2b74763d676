import { ShimError, type LogEntry, type LogGap, type LogQuery } from '@holdfast/core/plugin';
import type { LogFormat } from '../formats.js';
import { Filter } from './filter.js';
import { LogReader } from './log-reader.js';
import { dropUnasked } from './drop-sources.js';
import { openSources } from './open-sources.js';
import type { Source } from './source.js';
import { findTail, type Tail } from './tail.js';
import { findRange, type FileRange } from './time-range.js';

/** What {@link readLog} reads. */
export interface LogRead {
  readonly path: string;
  readonly maxFiles: number;
  readonly format: LogFormat;
  readonly query: LogQuery;
  readonly signal: AbortSignal;
}

const WHOLE_LOG: Tail = { start: { stdout: 0, stderr: 0 }, gaps: [] };

/** Reads a log and its rotated files, oldest first. A log that is not there is empty. Rejects with SHIM_LOG_READ or SHIM_UNSUPPORTED. */
export async function* readLog(read: LogRead): AsyncGenerator<LogEntry | LogGap, void, undefined> {
  const { path, maxFiles, format, query, signal } = read;
  refuseUnanswerable(read);
  if (signal.aborted) return;
  const { sources: all } = await openSources(path, maxFiles);
  const filter = new Filter(query);
  const sources = await dropUnasked(all, query, format);
  const ranges = new Map<Source, FileRange>();
  const reader = new LogReader({ ...read, filter, ranges }, sources);
  try {
    for (const source of sources) ranges.set(source, await findRange(source, timesOf(query), format.decoder()));
    const { start, gaps } = await tailOf(sources, { ...read, ranges }, filter);
    yield* gaps;
    yield* reader.read(start);
  } finally {
    await reader.close();
  }
}

/** Records without time or stream would be shown, or left out, whatever was asked for. */
function refuseUnanswerable({ path, format, query }: LogRead): void {
  const { since, until, streams } = query;
  const isOneStream = streams !== undefined && new Set(streams).size < 2;
  const asked = since !== undefined || until !== undefined ? 'since or until' : isOneStream ? 'one stream' : undefined;
  if (format.keepsHeads || asked === undefined) return;
  throw new ShimError('SHIM_UNSUPPORTED', `the format ${format.name} keeps bytes alone: it has no answer to ${asked}`, {
    where: path,
    remedy:
      'Read all of it (--tail works), or run the container with the format cri or json, which keep times and streams.',
  });
}

/** One that is followed is read to its end, whatever it holds now. */
function timesOf({ since, until, follow }: LogQuery): Pick<LogQuery, 'since' | 'until'> {
  return { ...(since !== undefined && { since }), ...(until !== undefined && follow === undefined && { until }) };
}

async function tailOf(
  sources: readonly Source[],
  { query, format, ranges }: LogRead & { readonly ranges: ReadonlyMap<Source, FileRange> },
  filter: Filter,
): Promise<Tail> {
  if (query.tail === undefined) return WHOLE_LOG;
  const growing = query.follow !== undefined;
  return findTail(sources, { lines: query.tail, filter, decoder: format.decoder(), growing, ranges });
}
