import type { FileLane } from '@holdfast/core/plugin';
import { AppendError, type LogFile } from './log-file.js';

/** A line that is no record, and where it goes. */
export interface GapTarget {
  readonly file: LogFile;
  readonly time: bigint;
  /** True if records may end without a newline: the line then begins behind one. */
  readonly mayBeMidLine: boolean;
  /** Bytes; undefined: no rotation. */
  readonly maxSize: number | undefined;
}

/** Appends a line of the driver's own, whole or not at all. Rejects as the lane does. */
export async function writeGap(line: string, { file, time, mayBeMidLine, maxSize }: GapTarget): Promise<void> {
  const bytes = Buffer.from(mayBeMidLine && (await file.isMidLine()) ? `\n${line}` : line);
  const full = maxSize !== undefined && file.size > 0 && file.size + bytes.length > maxSize;
  if (file.isDue(time) || full) await file.rotate();
  try {
    await file.append(bytes.length, ({ lane, fd }: { lane: FileLane; fd: number }) => lane.write(fd, bytes));
  } catch (error) {
    if (!(error instanceof AppendError)) throw error;
    if (error.written > 0) await file.cutBack(error.written).catch(() => undefined);
    throw error.cause;
  }
}
