import type { LogBatch } from '@holdfast/core/plugin';
import type { RecordEncoder, Span } from './encoder.js';
import { AppendError, type LogFile } from './log-file.js';

/** What {@link writeBatch} writes to, and how. */
export interface BatchTarget {
  readonly file: LogFile;
  readonly encoder: RecordEncoder;
  /** Bytes; undefined: no rotation. */
  readonly maxSize: number | undefined;
}

/** A batch of which the last `lost` records were not written. */
export class BatchError extends Error {
  constructor(
    readonly lost: number,
    override readonly cause: unknown,
  ) {
    super(`${lost} records were not written`, { cause });
  }
}

/** Writes a batch with one write, or one before and one after each rotation. Rejects with a {@link BatchError}. */
export async function writeBatch(batch: LogBatch, target: BatchTarget): Promise<void> {
  const { file, maxSize } = target;
  let done = 0;
  try {
    if (file.isDue(batch.time)) await file.rotate();
    while (done < batch.count) {
      const room = maxSize === undefined ? Infinity : maxSize - file.size;
      if (file.left <= 0) throw new LogFullError();
      const span = spanOf(batch, done, { room, target });
      if (span.size > room && file.size > 0) {
        await file.rotate();
        continue;
      }
      done += await writeSpan(batch, span, target);
    }
  } catch (error) {
    const written = error instanceof SpanError ? error.records : 0;
    throw new BatchError(batch.count - done - written, error instanceof SpanError ? error.cause : error);
  }
}

/** Whoever bounds a log has the rest dropped: the reason that it is counted with. */
export class LogFullError extends Error {
  readonly code = 'maxWritten';

  constructor() {
    super('all that may be written in all has been');
  }
}

interface Place {
  /** Bytes left in the current file. */
  readonly room: number;
  readonly target: BatchTarget;
}

/** Records for one write, at least one. The last that may be written at all may be longer than what is left. */
function spanOf(batch: LogBatch, from: number, { room, target: { file, encoder } }: Place): Span {
  const span = encoder.fit(batch, from, { room: Math.min(room, file.left), atLeastOne: file.size === 0 });
  return span.to > from ? span : encoder.fit(batch, from, { room: 0, atLeastOne: true });
}

/** `records` of a span were written whole. */
class SpanError extends Error {
  constructor(
    readonly records: number,
    override readonly cause: unknown,
  ) {
    super('write failed', { cause });
  }
}

async function writeSpan(batch: LogBatch, span: Span, { file, encoder }: BatchTarget): Promise<number> {
  try {
    await file.append(span.size, (to) => encoder.write(to, batch, span));
    return span.to - span.from;
  } catch (error) {
    if (!(error instanceof AppendError)) throw error;
    const whole = encoder.whole(batch, span, error.written);
    // A failure is remembered by the file, which tries again before it appends anything else.
    if (error.written > 0) await file.cutBack(error.written - whole.size).catch(() => undefined);
    throw new SpanError(whole.to - whole.from, error.cause);
  }
}
