import { messageOf } from '../system-error.js';
import { HEAD_SIZE } from './decoder.js';
import { readError, type Source } from './source.js';

const CHUNK = 64 * 1024;

/** A line seen from the end. */
export interface LineSeen {
  /** Offset in the file. */
  readonly at: number;
  /** Its first bytes, at most {@link HEAD_SIZE}, without newline; valid during the visit. */
  readonly head: Buffer;
  /** True if it has its newline. */
  readonly terminated: boolean;
}

/**
 * Visits the lines of the first `source.size` bytes from the last to the first, until `visit` says false.
 * Resolves to false then. Memory is bounded whatever the lines are.
 */
export async function visitBackward(source: Source, visit: (line: LineSeen) => boolean): Promise<boolean> {
  // Holds a chunk and, behind it, the beginning of the chunk that follows in the file.
  const buffer = Buffer.allocUnsafeSlow(CHUNK + HEAD_SIZE);
  let carried = 0;
  let lineEnd = source.size;
  let terminated = false;
  for (let end = source.size; end > 0;) {
    const start = Math.max(0, end - CHUNK);
    buffer.copy(buffer, end - start, 0, carried);
    if (!(await fill(source, buffer.subarray(0, end - start), start))) return true;
    const filled = end - start + carried;
    const seen = (at: number): LineSeen => {
      const stop = Math.min(filled, lineEnd - start, at - start + HEAD_SIZE);
      return { at, head: buffer.subarray(at - start, stop), terminated };
    };
    for (let p = buffer.lastIndexOf(10, end - start - 1); p >= 0; p = p === 0 ? -1 : buffer.lastIndexOf(10, p - 1)) {
      const at = start + p + 1;
      if ((terminated || at < lineEnd) && !visit(seen(at))) return false;
      lineEnd = at - 1;
      terminated = true;
    }
    if (start === 0 && (terminated || lineEnd > 0) && !visit(seen(0))) return false;
    carried = Math.min(HEAD_SIZE, filled);
    end = start;
  }
  return true;
}

/** Resolves to false if the file has become shorter. */
async function fill({ handle, path }: Source, target: Buffer, position: number): Promise<boolean> {
  try {
    for (let filled = 0; filled < target.length;) {
      const { bytesRead } = await handle.read(target, filled, target.length - filled, position + filled);
      if (bytesRead === 0) return false;
      filled += bytesRead;
    }
    return true;
  } catch (error) {
    throw readError(path, messageOf(error), error);
  }
}
