import type { LogBatch, LogRecord, StreamName } from '../plugin/log-batch.js';

const NEWLINE = 10;

/** What a batch is made of; see {@link LogBatch}. */
export interface BatchParts {
  readonly stream: StreamName;
  readonly time: bigint;
  readonly sequence: number;
  readonly count: number;
  readonly bytes: Buffer;
  readonly ends: Uint32Array;
}

/** The {@link LogBatch} over a buffer that is lent. */
export class LogBatchView implements LogBatch {
  readonly stream: StreamName;
  readonly time: bigint;
  readonly sequence: number;
  readonly count: number;
  readonly bytes: Buffer;
  readonly ends: Uint32Array;

  constructor(parts: BatchParts) {
    this.stream = parts.stream;
    this.time = parts.time;
    this.sequence = parts.sequence;
    this.count = parts.count;
    this.bytes = parts.bytes;
    this.ends = parts.ends;
  }

  partial(i: number): boolean {
    return this.bytes[this.#end(i) - 1] !== NEWLINE;
  }

  record(i: number): LogRecord {
    const start = i === 0 ? 0 : this.#end(i - 1);
    const partial = this.partial(i);
    const bytes = this.bytes.subarray(start, partial ? this.#end(i) : this.#end(i) - 1);
    return { stream: this.stream, time: this.time, sequence: this.sequence + i, bytes, partial };
  }

  retain(): LogBatch {
    const { stream, time, sequence, count } = this;
    const bytes = Buffer.from(this.bytes);
    return new LogBatchView({ stream, time, sequence, count, bytes, ends: this.ends.slice(0, count) });
  }

  #end(i: number): number {
    const end = i >= 0 && i < this.count ? this.ends[i] : undefined;
    if (end === undefined) throw new RangeError(`record ${i} of ${this.count}`);
    return end;
  }
}
