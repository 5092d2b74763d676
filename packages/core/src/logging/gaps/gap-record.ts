import type { LogBatch } from '../../plugin/log-batch.js';
import { LogBatchView } from '../../stdio/log-batch-view.js';
import type { Loss } from './loss.js';

/** A line that tells of a loss, for drivers without a way of their own. `lineOpen`: the last record was partial, and is ended first. */
export function gapRecord(loss: Loss, lineOpen: boolean): LogBatch {
  const { stream, to: time, next, records, bytes, reason } = loss;
  const head = lineOpen ? '\n' : '';
  const words = reason.replaceAll(/[^\x20-\x7e]/g, '?');
  const text = Buffer.from(
    `${head}holdfast: ${counted(records, 'record')} (${counted(bytes, 'byte')}) lost: ${words}\n`,
  );
  const ends = lineOpen ? Uint32Array.of(1, text.length) : Uint32Array.of(text.length);
  // As if in the place of the record that comes next: those that are missing are before it.
  return new LogBatchView({ stream, time, sequence: next, count: ends.length, bytes: text, ends });
}

function counted(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
