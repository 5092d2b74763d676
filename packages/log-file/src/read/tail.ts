import type { StreamName } from '@holdfast/core/plugin';
import { visitBackward } from './backward.js';
import type { RecordDecoder, RecordHead } from './decoder.js';
import type { Filter } from './filter.js';
import type { Source } from './source.js';

/** Where the last lines of each stream begin, as offsets in the files of the log taken together. */
export type TailStart = Readonly<Record<StreamName, number>>;

/** What {@link findTail} looks for. */
export interface TailQuery {
  readonly lines: number;
  readonly filter: Filter;
  readonly decoder: RecordDecoder;
  /** True if the file's last line is a write that is not over: it belongs to what is written later. */
  readonly growing: boolean;
}

/** How far before the last line wanted its earlier partial records are looked for, when streams are mixed. */
const LOOK_BACK = 1 << 20;

/** Finds the last lines of the log, reading from its end. `sources`: oldest first. */
export async function findTail(sources: readonly Source[], query: TailQuery): Promise<TailStart> {
  const { decoder } = query;
  let base = sources.reduce((sum, { size }) => sum + size, 0);
  const selection = new TailSelection(query, base);
  for (const source of [...sources].reverse()) {
    base -= source.size;
    if (selection.isDone) break;
    const last = source === sources.at(-1);
    await visitBackward(source, ({ at, head, terminated }) => {
      if (last && !terminated && query.growing && decoder.terminates) {
        selection.endAt(base + at);
        return true;
      }
      const record = decoder.head(head, terminated);
      if (record !== undefined) selection.add(record, base + at);
      return !selection.isDone;
    });
  }
  return selection.start;
}

/**
 * Takes records from the last to the first. A line is a run of partial records and the record that ends it, all of one
 * stream; records of the other stream may lie between them. So the lines of a stream form a suffix of its records.
 */
class TailSelection {
  readonly start: Record<StreamName, number>;
  private readonly seen = new Set<StreamName>();
  private readonly open: Set<StreamName>;
  private lines = 0;
  private lookBackEnd = -1;
  private done = false;

  constructor(
    private readonly query: TailQuery,
    end: number,
  ) {
    this.start = { stdout: end, stderr: end };
    this.open = new Set(query.filter.streams);
    this.done = query.lines === 0 && !(query.growing && query.decoder.terminates);
  }

  get isDone(): boolean {
    return this.done;
  }

  /** Nothing from here on was looked at. */
  endAt(at: number): void {
    this.start.stdout = this.start.stderr = at;
    this.done = this.query.lines === 0;
  }

  add(record: RecordHead, at: number): void {
    const { stream, partial } = record;
    if (!this.query.filter.accepts(record)) return this.settle(at);
    const isLineEnd = !partial || !this.seen.has(stream);
    this.seen.add(stream);
    if (isLineEnd && this.lines === this.query.lines) this.open.delete(stream);
    else if (isLineEnd) this.lines++;
    if (this.open.has(stream)) this.start[stream] = at;
    this.settle(at);
  }

  private settle(at: number): void {
    if (this.lines < this.query.lines) return;
    if (this.lookBackEnd < 0) {
      this.lookBackEnd = Math.max(0, at - LOOK_BACK);
      // No line of theirs is among the last ones, so none of their records is wanted.
      for (const stream of this.open) if (!this.seen.has(stream)) this.open.delete(stream);
    }
    this.done = this.open.size === 0 || at < this.lookBackEnd;
  }
}
