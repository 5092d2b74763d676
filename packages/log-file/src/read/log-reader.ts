import { dirname } from 'node:path';
import type { LogEntry, LogGap } from '@holdfast/core/plugin';
import { Changes } from './changes.js';
import { Cursor, FILE_STRIDE, type Located } from './cursor.js';
import type { Filter } from './filter.js';
import type { LogRead } from './read-log.js';
import { openSources } from './open-sources.js';
import { openRenamed } from './renamed-sources.js';
import { closeSources, leadsTo, type Source } from './source.js';
import type { TailStart } from './tail.js';
import { WHOLE_FILE, type FileRange } from './time-range.js';

type Items = AsyncGenerator<LogEntry | LogGap, void, undefined>;

const ROTATED_AWAY: LogGap = {
  type: 'gap',
  records: undefined,
  reason: 'the log was rotated faster than it was read',
};

/** What a {@link LogReader} reads, and which part of each file. */
export interface ReaderOptions extends LogRead {
  readonly filter: Filter;
  readonly ranges: ReadonlyMap<Source, FileRange>;
}

/** Reads file after file; owns the open ones. */
export class LogReader {
  private queue: Source[];
  private cursor: Cursor | undefined;
  private start: TailStart = { stdout: 0, stderr: 0 };
  /** Place of the first file in the queue. */
  private base = 0;
  private isPast = false;

  /** `sources`: oldest first. */
  constructor(
    private readonly options: ReaderOptions,
    sources: readonly Source[],
  ) {
    this.queue = [...sources];
  }

  async *read(start: TailStart): Items {
    this.start = start;
    const { follow } = this.options.query;
    if (follow === undefined) yield* this.readOnce();
    else yield* this.follow(follow);
  }

  async close(): Promise<void> {
    await closeSources(this.cursor === undefined ? this.queue : [this.cursor.source, ...this.queue]);
    this.cursor = undefined;
    this.queue = [];
  }

  private async *readOnce(): Items {
    while (await this.nextFile()) {
      const last = this.queue.length === 0;
      const { source } = this.cursor!;
      // The youngest file may grow faster than it is read.
      const size = last && !source.compressed ? source.size : Infinity;
      yield* this.drain(Math.min(size, this.rangeOf(source).to));
      if (this.options.signal.aborted) return;
      yield* this.show(last ? await this.cursor!.finishLine() : this.cursor!.finish());
    }
  }

  private async *follow(follow: AbortSignal): Items {
    const { signal, path } = this.options;
    const changes = new Changes(dirname(path));
    changes.start();
    try {
      await this.nextFile();
      while (!signal.aborted) {
        // Both are looked at before reading, so that what was written before them is read.
        const ending = follow.aborted;
        if (this.queue.length === 0) yield* this.findYounger();
        yield* this.drain();
        if (signal.aborted || this.isPast) return;
        if (this.queue.length > 0 || ending) yield* this.show(this.cursor?.finish() ?? []);
        if (await this.nextFile()) continue;
        if (ending) return;
        await changes.wait(follow, signal);
      }
    } finally {
      changes.close();
    }
  }

  /** Goes on with the next file of the queue, if there is one. */
  private async nextFile(): Promise<boolean> {
    const source = this.queue.shift();
    if (source === undefined) return false;
    const previous = this.cursor;
    const { base } = this;
    this.base += FILE_STRIDE;
    this.cursor = undefined;
    await previous?.source.bytes.close();
    const start = { base, offset: await this.firstOffset(source, base) };
    this.cursor = new Cursor(source, () => this.options.format.decoder(), start);
    return true;
  }

  /** A file whose records are all unwanted is entered at its end, since more may follow there. */
  private async firstOffset(source: Source, base: number): Promise<number> {
    const offset = Math.max(this.rangeOf(source).from, this.firstWanted() - base);
    if (source.compressed) return offset < FILE_STRIDE ? offset : source.bytes.size();
    return Math.min(offset, source.size);
  }

  private rangeOf(source: Source): FileRange {
    return this.options.ranges.get(source) ?? WHOLE_FILE;
  }

  private firstWanted(): number {
    return Math.min(...[...this.options.filter.streams].map((stream) => this.start[stream]));
  }

  /** The file was rotated if its path leads to another one: nothing is written to it any more. */
  private async *findYounger(): Items {
    const { path, maxFiles } = this.options;
    const current = this.cursor?.source;
    if (current !== undefined && (await leadsTo(path, current))) return;
    const { sources, complete } = await openSources(path, maxFiles, current);
    if (current === undefined || complete) return this.enqueue(sources);
    // Ours has no name any more. What is older than it, if anything, was read before.
    const { mtimeNs } = await current.now();
    const isYounger = (source: Source): boolean => source === sources.at(-1) || source.modifiedNs >= mtimeNs;
    await closeSources(sources.filter((source) => !isYounger(source)));
    const younger = sources.filter(isYounger);
    if (maxFiles > 1 && younger.length >= maxFiles) yield* this.endCurrent();
    this.enqueue([...(await openRenamed(path, current, younger)), ...younger]);
  }

  private async *endCurrent(): Items {
    yield* this.drain();
    yield ROTATED_AWAY;
  }

  private enqueue(sources: readonly Source[]): void {
    this.queue = [...sources];
    if (sources.length > 0) this.base = Infinity;
  }

  private async *drain(limit = Infinity): Items {
    const { signal } = this.options;
    while (!signal.aborted && !this.isPast) {
      const found = await this.cursor?.next(limit);
      if (found === undefined) return;
      yield* this.show(found);
    }
  }

  private *show(found: readonly Located[]): Generator<LogEntry | LogGap, void, undefined> {
    const { filter, signal } = this.options;
    for (const { at, item } of found) {
      if (signal.aborted) return;
      if (filter.isPast(item)) this.isPast = true;
      if (filter.shows(item) && at >= this.startOf(item)) yield item;
    }
  }

  private startOf(item: LogEntry | LogGap): number {
    return item.type === 'entry' ? this.start[item.stream] : this.firstWanted();
  }
}
