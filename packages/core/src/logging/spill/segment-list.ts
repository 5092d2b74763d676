import { Segment } from './segment.js';

const LEAST_SEGMENT = 4 << 10;
const MOST_SEGMENT = 8 << 20;

/** How far segments have been read back. */
export interface ReadPosition {
  readonly segment: Segment;
  readonly offset: number;
}

/** The segments of a spill that are on disk, in order. */
export class SegmentList {
  all: Segment[] = [];
  #next = 1;
  readonly #mostBytes: number;

  /** Small enough that one can be dropped while others are kept. */
  constructor(diskBytes: number) {
    this.#mostBytes = Math.min(MOST_SEGMENT, Math.max(LEAST_SEGMENT, Math.floor(diskBytes / 8)));
  }

  /** What an earlier shimd left; numbers go on behind `last`. */
  restore(segments: Segment[], last: number): void {
    this.all = segments;
    this.#next = Math.max(last, ...segments.map(({ number }) => number)) + 1;
  }

  /** Where the next frame is written. */
  get writable(): Segment {
    const last = this.all.at(-1);
    if (last !== undefined && !last.sealed && last.size < this.#mostBytes) return last;
    if (last !== undefined) last.sealed = true;
    const segment = new Segment(this.#next++);
    this.all.push(segment);
    return segment;
  }

  /** The one that the next frame is in; undefined: all are read. */
  unread(at: ReadPosition | undefined): Segment | undefined {
    if (at !== undefined && at.offset < at.segment.size) return at.segment;
    return this.all.find(({ number, size }) => size > 0 && number > (at?.segment.number ?? 0));
  }

  /** The oldest of which nothing has been read, and that is not being written to. */
  untouched(at: ReadPosition | undefined, writing: boolean): Segment | undefined {
    const read = at?.segment.number ?? 0;
    return this.all.find(({ sealed, number, size }) => size > 0 && number > read && (sealed || !writing));
  }

  remove(segment: Segment): void {
    segment.sealed = true;
    this.all = this.all.filter((one) => one !== segment);
  }
}
