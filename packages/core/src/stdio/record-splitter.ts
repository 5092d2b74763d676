const NEWLINE = 10;

/** Records found in a buffer: `ends[0 .. count)` are their ends, the last one's end is `consumed`. */
export interface Split {
  count: number;
  consumed: number;
}

/**
 * Cuts bytes into records: a line with its newline, or `maxRecord` bytes of a longer line, a partial record.
 * What remains after `consumed` is the beginning of a line; `flush` makes a partial record of that too.
 */
export class RecordSplitter {
  /** Ends of the records of the last `split`; grows when a buffer holds more, and is reused. */
  ends = new Uint32Array(1024);

  constructor(readonly maxRecord = 16384) {}

  split(bytes: Buffer, flush: boolean): Split {
    const { length } = bytes;
    let at = 0;
    let count = 0;
    while (at < length) {
      const newline = bytes.indexOf(NEWLINE, at);
      let end = newline < 0 ? length : newline;
      if (end - at > this.maxRecord) end = at + this.maxRecord;
      else if (newline >= 0) end = newline + 1;
      else if (end - at < this.maxRecord && !flush) break;
      if (count === this.ends.length) this.#grow();
      this.ends[count++] = end;
      at = end;
    }
    return { count, consumed: at };
  }

  #grow(): void {
    const larger = new Uint32Array(this.ends.length * 4);
    larger.set(this.ends);
    this.ends = larger;
  }
}
