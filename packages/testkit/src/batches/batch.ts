import type { LogBatch, LogRecord, StreamName } from '@holdfast/core/plugin';

const NEWLINE = Buffer.from('\n');
/** Of a batch whose time is left out: nanoseconds since the epoch. */
export const BATCH_TIME = 1_735_787_045_000_000_006n;
/** The host's `ends` may be longer than `count`, with whatever was there before. */
const RUBBISH_ENDS = 3;

/** A record before it is put into a batch. */
export interface Line {
  /** Without newline. */
  readonly bytes: Buffer;
  readonly partial: boolean;
}

/** What all records of a batch share. */
export interface BatchHead {
  /** `stdout` if left out. */
  readonly stream?: StreamName;
  /** Nanoseconds since the epoch; {@link BATCH_TIME} if left out. */
  readonly time?: bigint;
  /** Of the first record; 0 if left out. */
  readonly sequence?: number;
}

/** A line of `text`, one byte a character (latin1) so that any bytes can be written; without a newline it is a partial record. */
export function lineOf(text: string): Line {
  const partial = !text.endsWith('\n');
  return { bytes: Buffer.from(partial ? text : text.slice(0, -1), 'latin1'), partial };
}

/** A batch of lines given as texts, as {@link lineOf} reads them. */
export function textBatch(texts: readonly string[], head?: BatchHead): LogBatch {
  return batchOf(texts.map(lineOf), head);
}

/** A batch as the host makes it. */
export function batchOf(lines: readonly Line[], head: BatchHead = {}): LogBatch {
  const bytes = Buffer.concat(lines.flatMap((line) => (line.partial ? [line.bytes] : [line.bytes, NEWLINE])));
  const ends = new Uint32Array(lines.length + RUBBISH_ENDS).fill(7);
  let end = 0;
  for (const [i, line] of lines.entries()) ends[i] = end += line.bytes.length + (line.partial ? 0 : 1);
  return new MadeBatch(
    { stream: 'stdout', time: BATCH_TIME, sequence: 0, ...head },
    { bytes, ends, count: lines.length },
  );
}

class MadeBatch implements LogBatch {
  readonly stream: StreamName;
  readonly time: bigint;
  readonly sequence: number;
  readonly count: number;
  readonly bytes: Buffer;
  readonly ends: Uint32Array;

  constructor(
    private readonly head: Required<BatchHead>,
    private readonly records: Pick<LogBatch, 'bytes' | 'ends' | 'count'>,
  ) {
    ({ stream: this.stream, time: this.time, sequence: this.sequence } = head);
    ({ bytes: this.bytes, ends: this.ends, count: this.count } = records);
  }

  partial(i: number): boolean {
    return this.bytes[this.end(i) - 1] !== NEWLINE[0];
  }

  record(i: number): LogRecord {
    const { stream, time, sequence } = this;
    const partial = this.partial(i);
    const begin = i === 0 ? 0 : this.end(i - 1);
    return {
      stream,
      time,
      sequence: sequence + i,
      partial,
      bytes: this.bytes.subarray(begin, this.end(i) - (partial ? 0 : 1)),
    };
  }

  retain(): LogBatch {
    const { bytes, ends, count } = this.records;
    return new MadeBatch(this.head, { bytes: Buffer.from(bytes), ends: ends.slice(), count });
  }

  private end(i: number): number {
    const end = this.ends[i];
    if (end === undefined || i < 0 || i >= this.count) throw new RangeError(`record ${i} of ${this.count}`);
    return end;
  }
}
