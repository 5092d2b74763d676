import { native } from '@holdfast/native';

/** Of blank lines a buffer holds more than need be at once: their ends would take more memory than they do. */
const MOST_RECORDS = 16_384;

/** Records found in a buffer: `ends[0 .. count)` are their ends, the last one's end is `consumed`. */
export interface Split {
  count: number;
  consumed: number;
}

/**
 * Cuts bytes into records: a line with its newline, or `maxRecord` bytes of a longer line, a partial record.
 * What remains after `consumed` is the beginning of a line, or more than 16384 records; `flush` makes a partial record of such a
 * beginning too.
 */
export class RecordSplitter {
  /** Ends of the records of the last `split`; grows when a buffer holds more, and is reused. */
  ends = new Uint32Array(1024);

  constructor(readonly maxRecord = 16384) {}

  split(bytes: Buffer, flush: boolean): Split {
    let count = native.splitRecords(bytes, this.ends, this.maxRecord, flush);
    while (count === this.ends.length && count < MOST_RECORDS) {
      this.#grow();
      count = native.splitRecords(bytes, this.ends, this.maxRecord, flush);
    }
    return { count, consumed: count === 0 ? 0 : (this.ends[count - 1] as number) };
  }

  #grow(): void {
    const larger = new Uint32Array(this.ends.length * 4);
    larger.set(this.ends);
    this.ends = larger;
  }
}
