import type { LogBatch } from '../../src/plugin/log-batch.js';
import { LogBatchView } from '../../src/stdio/log-batch-view.js';

/** A batch of whole lines. */
export function batchOf(...lines: readonly string[]): LogBatch {
  const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
  let at = 0;
  const ends = Uint32Array.from(lines, (line) => (at += Buffer.byteLength(line) + 1));
  return new LogBatchView({ stream: 'stdout', time: 1n, sequence: 0, count: lines.length, bytes, ends });
}
