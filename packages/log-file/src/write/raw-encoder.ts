import type { RecordEncoder } from './encoder.js';

/** The bytes as they are; streams and times are lost. */
export const rawEncoder: RecordEncoder = {
  headerSize: 0,
  terminates: false,
  write: ({ lane, fd }, batch, { from, size }) => {
    const start = from === 0 ? 0 : batch.ends[from - 1]!;
    return lane.write(fd, batch.bytes.subarray(start, start + size));
  },
};
