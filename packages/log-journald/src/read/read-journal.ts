import type { LogEntry, LoggedContainer, LogGap, LogQuery } from '@holdfast/core/plugin';
import { isAtOrAfter } from './cursor.js';
import { Filter } from './filter.js';
import { GapFinder } from './gap-finder.js';
import { Journal, type Position } from './journal.js';
import type { StoredRecord } from './stored-record.js';
import { TailSelection } from './tail.js';

/** What {@link readJournal} reads. */
export interface JournalRead {
  readonly container: LoggedContainer;
  /** The journal's; undefined: of the system. */
  readonly namespace: string | undefined;
  readonly query: LogQuery;
  readonly signal: AbortSignal;
}

type Items = AsyncGenerator<LogEntry | LogGap, void, undefined>;

/** Reads the container's records, oldest first. A journal that is not there is empty. Rejects with SHIM_LOG_READ. */
export async function* readJournal({ container, namespace, query, signal }: JournalRead): Items {
  if (signal.aborted) return;
  const journal = new Journal(container, namespace, signal);
  await journal.settle();
  const filter = new Filter(query);
  const tail = query.tail === undefined ? undefined : await selectTail(journal, query, filter);
  const shower = new Shower(filter, tail, query);
  const position = startOf(query, tail);
  if (query.follow === undefined) return yield* readThere({ journal, shower, tail, position });
  const reached = yield* shower.show(journal.follow(position, query.follow));
  if (shower.isPast || signal.aborted) return;
  await journal.settle();
  yield* shower.show(journal.forward(reached));
}

interface Reading {
  readonly journal: Journal;
  readonly shower: Shower;
  readonly tail: TailSelection | undefined;
  readonly position: Position;
}

/** Up to the record that is the last one now: a writer may be faster than this reader. */
async function* readThere({ journal, shower, tail, position }: Reading): Items {
  const newest = tail === undefined ? await journal.newest() : tail.newest;
  if (newest === undefined || (tail !== undefined && tail.oldest === undefined)) return;
  yield* shower.show(journal.forward(position), newest);
}

async function selectTail(journal: Journal, { tail, since }: LogQuery, filter: Filter): Promise<TailSelection> {
  const selection = new TailSelection(tail ?? 0, filter);
  for await (const record of journal.backward(since)) {
    selection.add(record);
    if (selection.isDone) break;
  }
  return selection;
}

function startOf({ since }: LogQuery, tail: TailSelection | undefined): Position {
  if (tail?.oldest !== undefined) return { at: tail.oldest };
  if (tail?.newest !== undefined) return { after: tail.newest };
  return since === undefined ? undefined : { since };
}

/** Turns records into what a reader is shown. */
class Shower {
  isPast = false;
  readonly #gaps: GapFinder;

  constructor(
    private readonly filter: Filter,
    private readonly tail: TailSelection | undefined,
    query: LogQuery,
  ) {
    this.#gaps = new GapFinder(query.since === undefined && query.tail === undefined);
  }

  /** Returns what `records` returns, or undefined when nothing that is asked for can follow. `newest`: the last one's cursor. */
  async *show(
    records: AsyncGenerator<StoredRecord, Position, undefined>,
    newest?: string,
  ): AsyncGenerator<LogEntry | LogGap, Position, undefined> {
    try {
      for (;;) {
        const next = await records.next();
        if (next.done === true) return next.value;
        // One later than the newest: that was removed meanwhile.
        if (newest !== undefined && next.value.cursor !== newest && isAtOrAfter(next.value.cursor, newest))
          return undefined;
        yield* this.#items(next.value);
        this.isPast ||= next.value.cursor === newest || this.filter.isPast(next.value);
        if (this.isPast) return undefined;
      }
    } finally {
      await records.return(undefined);
    }
  }

  *#items(record: StoredRecord): Generator<LogEntry | LogGap, void, undefined> {
    const gap = this.#gaps.before(record);
    if (gap !== undefined && this.filter.isInTime(record)) yield gap;
    if (!this.filter.accepts(record) || this.tail?.includes(record) === false) return;
    yield record.entry;
    if (record.cut === 0) return;
    yield {
      type: 'gap',
      records: undefined,
      reason: `a message was too long: its last ${record.cut} bytes are left out`,
    };
  }
}
