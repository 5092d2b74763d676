import type { LogBatch, LogRecord, StreamName } from '@holdfast/core/plugin';

export const TIME = 1_735_787_045_000_000_006n;

export interface BatchHead {
  readonly stream?: StreamName;
  readonly time?: bigint;
  readonly sequence?: number;
}

/** A batch as the host makes it, of records that end in a newline or are partial; `ends` is longer than it must be. */
export function batchOf(texts: readonly (string | Buffer)[], head: BatchHead = {}): LogBatch {
  const { stream = 'stdout', time = TIME, sequence = 0 } = head;
  const records = texts.map((text) => Buffer.from(text as string, 'latin1'));
  const bytes = Buffer.concat(records);
  const ends = new Uint32Array(records.length + 3).fill(7);
  let end = 0;
  for (const [i, record] of records.entries()) ends[i] = end += record.length;
  const partial = (i: number): boolean => records[i]!.at(-1) !== 10;
  const record = (i: number): LogRecord => {
    const own = partial(i) ? records[i]! : records[i]!.subarray(0, -1);
    return { stream, time, sequence: sequence + i, bytes: own, partial: partial(i) };
  };
  return {
    stream,
    time,
    sequence,
    count: records.length,
    bytes,
    ends,
    partial,
    record,
    retain: () => batchOf(texts, head),
  };
}

/** `line 0` and so on. */
export function lines(count: number, from = 0): string[] {
  return Array.from({ length: count }, (_, i) => `line ${from + i}\n`);
}
