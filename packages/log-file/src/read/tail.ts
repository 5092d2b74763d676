import type { LogGap, StreamName } from '@holdfast/core/plugin';
import { visitBackward } from './backward.js';
import { FILE_STRIDE } from './cursor.js';
import type { RecordDecoder, RecordHead } from './decoder.js';
import type { Filter } from './filter.js';
import type { Source } from './source.js';
import { WHOLE_FILE, type FileRange } from './time-range.js';

/** Where the last lines of each stream begin: places as of {@link FILE_STRIDE}. */
export type TailStart = Readonly<Record<StreamName, number>>;

/** What {@link findTail} looks for. */
export interface TailQuery {
  readonly lines: number;
  readonly filter: Filter;
  readonly decoder: RecordDecoder;
  /** True if the file's last line is a write that is not over: it belongs to what is written later. */
  readonly growing: boolean;
  /** Which part of each file is looked at. */
  readonly ranges: ReadonlyMap<Source, FileRange>;
}

/** Where a tail begins, and what it has to say of lines whose beginning was not looked for any further. */
export interface Tail {
  readonly start: TailStart;
  readonly gaps: readonly LogGap[];
}

/** How far before a record of the first line wanted the one before it is looked for, among those of the other stream. */
const LOOK_BACK = 1 << 20;
/** How much of that line's partial records is looked for. */
const LONGEST_LINE = 16 << 20;

/** Finds the last lines of the log, reading from its end. `sources`: oldest first. */
export async function findTail(sources: readonly Source[], query: TailQuery): Promise<Tail> {
  const { decoder } = query;
  const selection = new TailSelection(query, sources.length * FILE_STRIDE);
  let younger = 0;
  for (const [i, source] of [...sources.entries()].reverse()) {
    if (selection.isDone) break;
    const base = i * FILE_STRIDE;
    const last = source === sources.at(-1);
    const { from, to } = query.ranges.get(source) ?? WHOLE_FILE;
    const size = Math.min(to, source.compressed ? await source.bytes.size() : source.size);
    await visitBackward({ source, size, headSize: decoder.headSize }, ({ at, head, terminated }) => {
      if (last && !terminated && query.growing && decoder.terminates) {
        selection.endAt(base + at);
        return true;
      }
      const record = decoder.head(head, terminated);
      if (at < from) return false;
      if (record !== undefined) selection.add(record, { at: base + at, depth: younger + size - at });
      return !selection.isDone;
    });
    younger += size;
  }
  return { start: selection.start, gaps: [...selection.cut].map(cutLine) };
}

function cutLine(stream: StreamName): LogGap {
  const reason = `a line begins more than ${LONGEST_LINE >> 20} MiB, or ${LOOK_BACK >> 20} MiB of the other stream, before the tail`;
  return { type: 'gap', records: undefined, stream, reason };
}

interface Place {
  readonly at: number;
  /** Bytes from there to the end of the log. */
  readonly depth: number;
}

/**
 * Takes records from the last to the first. A line is a run of partial records and the record that ends it, all of one
 * stream; records of the other stream may lie between them. So the lines of a stream form a suffix of its records.
 */
class TailSelection {
  readonly start: Record<StreamName, number>;
  /** Streams with a line whose earlier partial records, if it has any, were left where they are. */
  readonly cut = new Set<StreamName>();
  /** Of each stream the record taken last. */
  private readonly seen = new Map<StreamName, { readonly depth: number; readonly partial: boolean }>();
  private readonly open: Set<StreamName>;
  /** Streams with a gap right behind the record that comes next: no line goes on over one. */
  private readonly broken = new Set<StreamName>();
  private lines = 0;
  private deepest = -1;
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

  add(record: RecordHead, { at, depth }: Place): void {
    const { stream, partial, gap } = record;
    // It belongs to what comes before it, and is no line.
    if (gap) this.broken.add(stream);
    if (gap || !this.query.filter.accepts(record)) return this.settle(depth);
    const isBroken = this.broken.delete(stream);
    const isLineEnd = !partial || isBroken || !this.seen.has(stream);
    this.seen.set(stream, { depth, partial });
    if (isLineEnd && this.lines === this.query.lines) this.open.delete(stream);
    else if (isLineEnd) this.lines++;
    if (this.open.has(stream)) this.start[stream] = at;
    this.settle(depth);
  }

  private settle(depth: number): void {
    if (this.lines < this.query.lines) return;
    if (this.deepest < 0) {
      this.deepest = depth + LONGEST_LINE;
      // No line of theirs is among the last ones, so none of their records is wanted.
      for (const stream of this.open) if (!this.seen.has(stream)) this.open.delete(stream);
    }
    for (const stream of this.open) this.giveUp(stream, depth);
    this.done = this.open.size === 0;
  }

  private giveUp(stream: StreamName, depth: number): void {
    const last = this.seen.get(stream);
    if (last === undefined || (depth <= this.deepest && depth <= last.depth + LOOK_BACK)) return;
    this.open.delete(stream);
    if (last.partial) this.cut.add(stream);
  }
}
