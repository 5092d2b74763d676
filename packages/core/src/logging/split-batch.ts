import type { LogBatch } from '../plugin/log-batch.js';
import { LogBatchView } from '../stdio/log-batch-view.js';

/** A batch as several of at most `most` records each, over the same bytes. */
export function* splitBatch(batch: LogBatch, most: number): Generator<LogBatch, void, undefined> {
  const { stream, time, sequence, bytes, ends } = batch;
  for (let from = 0; from < batch.count; from += most) {
    const count = Math.min(most, batch.count - from);
    const start = from === 0 ? 0 : ends[from - 1]!;
    const own = ends.subarray(from, from + count).map((end) => end - start);
    const piece = bytes.subarray(start, start + own[count - 1]!);
    yield new LogBatchView({ stream, time, sequence: sequence + from, count, bytes: piece, ends: own });
  }
}
