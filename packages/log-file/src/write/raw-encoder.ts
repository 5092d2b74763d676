import type { LogBatch } from '@holdfast/core/plugin';
import type { RecordEncoder, Span } from './encoder.js';

/** The bytes as they are; streams and times are lost. */
export const rawEncoder: RecordEncoder = {
  headerSize: 0,
  terminates: false,
  encode: (batch: LogBatch, { from, size }: Span) => {
    const start = from === 0 ? 0 : batch.ends[from - 1]!;
    return batch.bytes.subarray(start, start + size);
  },
  release: () => undefined,
};
