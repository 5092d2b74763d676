import { messageOf } from '../system-error.js';
import { readError, type Source } from './source.js';

const CHUNK = 64 * 1024;

/** A line seen from the end. */
export interface LineSeen {
  /** Offset in the file. */
  readonly at: number;
  /** Its first bytes, at most `headSize` of them, without newline; valid during the visit. */
  readonly head: Buffer;
  /** True if it has its newline. */
  readonly terminated: boolean;
}

/** What {@link visitBackward} visits. */
export interface BackwardRead {
  readonly source: Source;
  /** Bytes at the beginning of the file, of which the last line is the first to be visited. */
  readonly size: number;
  /** Bytes of each line that are wanted. */
  readonly headSize: number;
}

/**
 * Visits lines from the last to the first, until `visit` says false. Resolves to false then.
 * Memory is bounded whatever the lines are.
 */
export async function visitBackward(read: BackwardRead, visit: (line: LineSeen) => boolean): Promise<boolean> {
  const { source, size, headSize } = read;
  // Holds a chunk and, behind it, what is known of the line that goes on in the chunk that follows in the file.
  const buffer = Buffer.allocUnsafeSlow(Math.min(CHUNK, size) + Math.min(headSize, size));
  let carried = 0;
  let lineEnd = size;
  let terminated = false;
  for (let end = size; end > 0;) {
    const start = Math.max(0, end - CHUNK);
    buffer.copy(buffer, end - start, 0, carried);
    if (!(await fill(source, buffer.subarray(0, end - start), start))) return true;
    const filled = end - start + carried;
    const seen = (at: number): LineSeen => {
      const stop = Math.min(filled, lineEnd - start, at - start + headSize);
      return { at, head: buffer.subarray(at - start, stop), terminated };
    };
    for (let p = buffer.lastIndexOf(10, end - start - 1); p >= 0; p = p === 0 ? -1 : buffer.lastIndexOf(10, p - 1)) {
      const at = start + p + 1;
      if ((terminated || at < lineEnd) && !visit(seen(at))) return false;
      lineEnd = at - 1;
      terminated = true;
    }
    if (start === 0 && (terminated || lineEnd > 0) && !visit(seen(0))) return false;
    carried = Math.min(headSize, filled, lineEnd - start);
    end = start;
  }
  return true;
}

/** Resolves to false if the file has become shorter. */
async function fill({ bytes, path }: Source, target: Buffer, position: number): Promise<boolean> {
  try {
    for (let filled = 0; filled < target.length;) {
      const length = await bytes.read(target.subarray(filled), target.length - filled, position + filled);
      if (length === 0) return false;
      filled += length;
    }
    return true;
  } catch (error) {
    throw readError(path, messageOf(error), error);
  }
}
