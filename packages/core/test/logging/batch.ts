import type { LogBatch, StreamName } from '../../src/plugin/log-batch.js';
import { LogBatchView } from '../../src/stdio/log-batch-view.js';

/** A batch of whole lines. */
export function batchOf(...lines: readonly string[]): LogBatch {
  return batchFrom(lines.map((line) => `${line}\n`));
}

/** The beginning of a line. */
export function partialBatch(text: string): LogBatch {
  return batchFrom([text]);
}

export interface BatchHead {
  readonly stream?: StreamName;
  readonly time?: bigint;
  readonly sequence?: number;
}

/** Records as they are, with their newlines. */
export function batchFrom(
  records: readonly string[],
  { stream = 'stdout', time = 1n, sequence = 0 }: BatchHead = {},
): LogBatch {
  let at = 0;
  const ends = Uint32Array.from(records, (record) => (at += Buffer.byteLength(record)));
  return new LogBatchView({
    stream,
    time,
    sequence,
    count: records.length,
    bytes: Buffer.from(records.join('')),
    ends,
  });
}
