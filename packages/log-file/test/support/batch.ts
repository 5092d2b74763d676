import type { LogBatch, LogRecord, StreamName } from '@holdfast/core/plugin';

const NEWLINE = Buffer.from('\n');
export const TIME = 1_735_787_045_000_000_006n;

/** A record before it is put into a batch. */
export interface Line {
  /** Without newline. */
  readonly bytes: Buffer;
  readonly partial: boolean;
}

export interface BatchHead {
  readonly stream?: StreamName;
  readonly time?: bigint;
}

/** A batch as the host makes it; `ends` is longer than it must be, with rubbish at its end. */
export function batchOf(lines: readonly Line[], { stream = 'stdout', time = TIME }: BatchHead = {}): LogBatch {
  const bytes = Buffer.concat(lines.flatMap((line) => (line.partial ? [line.bytes] : [line.bytes, NEWLINE])));
  const ends = new Uint32Array(lines.length + 3).fill(7);
  let end = 0;
  for (const [i, line] of lines.entries()) ends[i] = end += line.bytes.length + (line.partial ? 0 : 1);
  const record = (i: number): LogRecord => ({ stream, time, sequence: i, ...lines[i]! });
  const partial = (i: number): boolean => lines[i]!.partial;
  return { stream, time, sequence: 0, count: lines.length, bytes, ends, partial, record, retain: () => batchOf(lines) };
}

/** `text` without newline is a partial record. */
export function lineOf(text: string): Line {
  const partial = !text.endsWith('\n');
  return { bytes: Buffer.from(partial ? text : text.slice(0, -1)), partial };
}

export function textBatch(texts: readonly string[], head?: BatchHead): LogBatch {
  return batchOf(texts.map(lineOf), head);
}
