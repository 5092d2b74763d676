import type { LogBatch } from '../../plugin/log-batch.js';
import { LogBatchView } from '../../stdio/log-batch-view.js';

const MAGIC = 0x51464801;
const HEADER = 40;
const END = 4;
/** Larger than any batch that is spilled; what claims to be more is none. */
export const MOST_FRAME = 4 << 20;

/** How much of the disk so many records take. */
export function frameSize(count: number, bytes: number): number {
  return HEADER + count * END + bytes + END;
}

/** A batch as it lies on disk: numbers in this machine's order, ends, bytes, and its length once more behind it. */
export function encodeFrame({ stream, time, sequence, count, bytes, ends }: LogBatch): Buffer {
  const length = frameSize(count, bytes.length);
  const frame = Buffer.allocUnsafeSlow(length);
  frame.writeUInt32LE(MAGIC, 0);
  frame.writeUInt32LE(length, 4);
  frame.writeUInt32LE(stream === 'stdout' ? 1 : 2, 8);
  frame.writeUInt32LE(count, 12);
  frame.writeUInt32LE(bytes.length, 16);
  frame.writeUInt32LE(0, 20);
  frame.writeBigUInt64LE(time, 24);
  frame.writeDoubleLE(sequence, 32);
  Buffer.from(ends.buffer, ends.byteOffset, count * END).copy(frame, HEADER);
  bytes.copy(frame, HEADER + count * END);
  frame.writeUInt32LE(length, length - END);
  return frame;
}

/** The frame at `at` and its length; `short`: there is less of it than it says; `broken`: it is none. */
export function decodeFrame(buffer: Buffer, at: number): { batch: LogBatch; length: number } | 'short' | 'broken' {
  const there = buffer.length - at;
  if (there < HEADER) return 'short';
  const length = buffer.readUInt32LE(at + 4);
  const count = buffer.readUInt32LE(at + 12);
  const size = buffer.readUInt32LE(at + 16);
  const kind = buffer.readUInt32LE(at + 8);
  const sound =
    buffer.readUInt32LE(at) === MAGIC &&
    (kind === 1 || kind === 2) &&
    count > 0 &&
    length <= MOST_FRAME &&
    length === frameSize(count, size);
  if (!sound) return 'broken';
  if (there < length) return 'short';
  if (buffer.readUInt32LE(at + length - END) !== length) return 'broken';
  const ends = new Uint32Array(count);
  buffer.copy(Buffer.from(ends.buffer), 0, at + HEADER, at + HEADER + count * END);
  if (!ascend(ends, size)) return 'broken';
  const start = at + HEADER + count * END;
  const bytes = buffer.subarray(start, start + size);
  const time = buffer.readBigUInt64LE(at + 24);
  const sequence = buffer.readDoubleLE(at + 32);
  const stream = kind === 1 ? 'stdout' : 'stderr';
  return { batch: new LogBatchView({ stream, time, sequence, count, bytes, ends }), length };
}

/** How long the frame that begins in `buffer` at `at` says it is. */
export function frameLength(buffer: Buffer, at: number): number {
  return Math.min(MOST_FRAME, buffer.readUInt32LE(at + 4));
}

export const FRAME_HEADER = HEADER;

function ascend(ends: Uint32Array, size: number): boolean {
  let last = 0;
  for (const end of ends) {
    if (end <= last) return false;
    last = end;
  }
  return last === size;
}
