import type { EventDocument } from '../api/documents.js';
import type { StateLayout } from '../state/layout.js';
import { listGroups } from './group-directory.js';
import { GroupEvents } from './group-events.js';
import { GroupWatch } from './group-watch.js';
import { mergeEvents } from './merge-events.js';

/** setTimeout takes at most so much. */
const LONGEST_MS = 2 ** 31 - 1;

export interface StreamEventsOptions {
  /** This group alone; all below the root, those that come later too, if left out. */
  readonly group?: string;
  /** True: what is kept comes first. */
  readonly past: boolean;
  /** True: goes on until `until` or `signal`. */
  readonly follow: boolean;
  /** Milliseconds since the epoch. */
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  /** Cursor behind which to begin, for one group. */
  readonly after?: number | undefined;
  /** Ends it, without an error. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * What happened below a root directory, read from the files of its groups: no shim needs to be alive. Rejects with
 * SHIM_STATE_INSECURE, SHIM_PERMISSION or SHIM_IO.
 */
export async function* streamEvents(layout: StateLayout, options: StreamEventsOptions): AsyncGenerator<EventDocument> {
  const { group, after } = options;
  const readers = new Map<string, GroupEvents>();
  const readersOf = (groups: readonly string[]): GroupEvents[] =>
    groups.map((name) => {
      const reader = readers.get(name) ?? new GroupEvents(layout, name, after);
      readers.set(name, reader);
      return reader;
    });
  if (!options.follow) {
    const groups = listGroups(layout).filter((name) => group === undefined || name === group);
    yield* wanted(mergeEvents(readersOf(groups).map((reader) => reader.read())), options);
    return;
  }
  const end = endOf(options);
  const watch = new GroupWatch(layout, group);
  try {
    for (let first = true; ; first = false) {
      const over = end.signal.aborted;
      const { changed, gone } = watch.take();
      for (const name of gone) readers.delete(name);
      const found = readersOf(changed);
      if (first && !options.past) for (const reader of found) reader.skip();
      else yield* wanted(mergeEvents(found.map((reader) => reader.read())), options);
      if (over || options.signal?.aborted === true) return;
      await watch.wait(end.signal);
    }
  } finally {
    end.stop();
    watch.close();
  }
}

async function* wanted(
  events: AsyncGenerator<EventDocument>,
  { since = -Infinity, until = Infinity, signal }: StreamEventsOptions,
): AsyncGenerator<EventDocument> {
  for await (const event of events) {
    if (signal?.aborted === true) return;
    const time = Date.parse(event.time);
    if (time >= since && time <= until) yield event;
  }
}

/** Aborted by the caller or when the time has come. */
function endOf({ until, signal }: StreamEventsOptions): { signal: AbortSignal; stop: () => void } {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  let timer: NodeJS.Timeout | undefined;
  const arm = (at: number): void => {
    const left = at - Date.now();
    if (left <= 0) return abort();
    timer = setTimeout(() => arm(at), Math.min(left, LONGEST_MS));
  };
  if (signal?.aborted === true) abort();
  signal?.addEventListener('abort', abort, { once: true });
  if (until !== undefined) arm(until);
  const stop = (): void => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  };
  return { signal: controller.signal, stop };
}
