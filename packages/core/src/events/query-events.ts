import type { EventDocument, EventQuery } from '../api/documents.js';
import { ShimError } from '../plugin/shim-error.js';
import type { StateLayout } from '../state/layout.js';
import { parseTime } from './parse-time.js';
import { streamEvents } from './stream-events.js';

/** The events of one group that a query of the API asks for. Throws SHIM_INVALID_ARGUMENT, at once. */
export function queryEvents(
  layout: StateLayout,
  group: string,
  { since, after, follow = false }: EventQuery,
  signal?: AbortSignal,
): AsyncIterable<EventDocument> {
  const past = !follow || since !== undefined || after !== undefined;
  return streamEvents(layout, { group, past, follow, after, signal, since: timeOf(since) });
}

function timeOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const time = parseTime(text);
  if (time !== undefined) return time;
  const message = `${JSON.stringify(text.slice(0, 40))} is neither an RFC 3339 time nor seconds since the epoch`;
  throw new ShimError('SHIM_INVALID_ARGUMENT', message, { where: 'since' });
}
