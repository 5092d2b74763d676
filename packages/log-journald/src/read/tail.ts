import type { StreamName } from '@holdfast/core/plugin';
import { isAtOrAfter } from './cursor.js';
import type { Filter } from './filter.js';
import { missingBetween } from './gap-finder.js';
import type { Place, StoredRecord } from './stored-record.js';

/** How many records before the last line wanted its earlier pieces are looked for, when streams are mixed. */
const LOOK_BACK = 1000;

/**
 * Takes records from the last to the first, and finds where the last lines of each stream begin. A line is a run of partial
 * records and the record that ends it, all of one stream; records of the other stream may lie between them. No line goes on
 * over records that are missing.
 */
export class TailSelection {
  /** Cursor of the last record of all; undefined: there is none. */
  newest: string | undefined;
  readonly #starts = new Map<StreamName, string>();
  readonly #seen = new Set<StreamName>();
  readonly #open: Set<StreamName>;
  readonly #broken = new Set<StreamName>();
  #later: Place | undefined;
  #lines = 0;
  #lookedBack = 0;

  constructor(
    private readonly wanted: number,
    private readonly filter: Filter,
  ) {
    this.#open = new Set(filter.streams);
  }

  /** Cursor of the first record wanted; undefined: none is. */
  get oldest(): string | undefined {
    return [...this.#starts.values()].reduce<string | undefined>(
      (oldest, start) => (oldest === undefined || isAtOrAfter(oldest, start) ? start : oldest),
      undefined,
    );
  }

  /** True once no earlier record is of use. */
  get isDone(): boolean {
    if (this.#lines < this.wanted || this.newest === undefined) return false;
    // A stream of which nothing was seen has none of the last lines.
    return this.#lookedBack > LOOK_BACK || ![...this.#open].some((stream) => this.#seen.has(stream));
  }

  add(record: StoredRecord): void {
    const { cursor, entry } = record;
    this.newest ??= cursor;
    if (this.#lines >= this.wanted) this.#lookedBack++;
    this.#noteMissing(record);
    if (!this.filter.accepts(record)) return;
    const { stream, partial } = entry;
    const isBroken = this.#broken.delete(stream);
    const endsLine = !partial || isBroken || !this.#seen.has(stream);
    if (endsLine && this.#lines === this.wanted) this.#open.delete(stream);
    else if (endsLine) this.#lines++;
    this.#seen.add(stream);
    if (this.#open.has(stream)) this.#starts.set(stream, cursor);
  }

  #noteMissing({ place }: StoredRecord): void {
    if (place === undefined) return;
    if (this.#later !== undefined && missingBetween(place, this.#later) > 0)
      for (const stream of this.filter.streams) this.#broken.add(stream);
    this.#later = place;
  }

  /** True for a record that is among the last lines, or was written later. */
  includes({ cursor, entry }: StoredRecord): boolean {
    const start = this.#starts.get(entry.stream);
    if (start !== undefined) return isAtOrAfter(cursor, start);
    return this.newest === undefined || !isAtOrAfter(this.newest, cursor);
  }
}
