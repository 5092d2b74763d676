import type { RecordEncoder } from './encoder.js';
import { fit, wholeRecords, type Frame } from './framed-records.js';

const frame: Frame = { headerSize: 0, terminates: false };

/** The bytes as they are; streams and times are lost. */
export const rawEncoder: RecordEncoder & Frame = {
  ...frame,
  moved: { framed: false },
  fit: (batch, from, room) => fit(batch, from, { frame, ...room }),
  write: ({ lane, fd }, batch, { from, size }) => {
    const start = from === 0 ? 0 : batch.ends[from - 1]!;
    return lane.write(fd, batch.bytes.subarray(start, start + size));
  },
  whole: (batch, span, written) => wholeRecords(batch, span, { frame, written }),
};
