import type { LogEntry, LogGap, LogQuery } from '@holdfast/core/plugin';
import type { LogFormat } from '../formats.js';
import { Filter } from './filter.js';
import { LogReader } from './log-reader.js';
import { dropLate, dropOld } from './drop-sources.js';
import { openSources } from './open-sources.js';
import { readError, type Source } from './source.js';
import { findTail, type TailStart } from './tail.js';

/** What {@link readLog} reads. */
export interface LogRead {
  readonly path: string;
  readonly maxFiles: number;
  readonly format: LogFormat;
  readonly query: LogQuery;
  readonly signal: AbortSignal;
}

const FROM_START: TailStart = { stdout: 0, stderr: 0 };

/** Reads a log and its rotated files, oldest first. A log that is not there is empty. Rejects with SHIM_LOG_READ. */
export async function* readLog(read: LogRead): AsyncGenerator<LogEntry | LogGap, void, undefined> {
  const { path, maxFiles, format, query, signal } = read;
  if (!format.hasTime && (query.since !== undefined || query.until !== undefined)) {
    throw readError(path, `since and until are not supported: the format ${format.name} keeps no times`);
  }
  if (signal.aborted) return;
  const { sources: all } = await openSources(path, maxFiles);
  const filter = new Filter(query);
  const sources = await dropLate(await dropOld(all, query.since), query, format);
  const reader = new LogReader({ ...read, filter }, sources);
  try {
    yield* reader.read(await startOf(sources, read, filter));
  } finally {
    await reader.close();
  }
}

async function startOf(sources: readonly Source[], { query, format }: LogRead, filter: Filter): Promise<TailStart> {
  if (query.tail === undefined) return FROM_START;
  const growing = query.follow !== undefined;
  return findTail(sources, { lines: query.tail, filter, decoder: format.decoder(), growing });
}
