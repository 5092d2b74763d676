import type { FileLane } from '@holdfast/core/plugin';

const CHUNK = 64 * 1024;

/** A torn record is shorter; a longer text without newline was written by something else. */
const FARTHEST = 16 << 20;

/**
 * Offset behind the last newline of a file, 0 if it holds none. `undefined` if there is none in the last 16 MiB of a
 * larger file.
 */
export async function endOfLastLine(lane: FileLane, fd: number, size: number): Promise<number | undefined> {
  const chunk = Buffer.allocUnsafe(Math.min(CHUNK, size));
  let end = size;
  while (end > 0) {
    if (size - end >= FARTHEST) return undefined;
    const start = Math.max(0, end - CHUNK);
    const length = await lane.read(fd, chunk.subarray(0, end - start), start);
    const newline = chunk.subarray(0, length).lastIndexOf(10);
    if (newline >= 0) return start + newline + 1;
    end = start;
  }
  return 0;
}
