import type { LogBatch } from '@holdfast/core/plugin';
import type { RecordEncoder } from './encoder.js';
import { fit, wholeRecords, type Frame } from './framed-records.js';
import { timestamp } from './timestamp.js';

/** `2025-01-02T03:04:05.000000006Z stdout F `: the same size for both streams and both tags. */
const frame: Frame = { headerSize: 40, terminates: true };

/** `TIME STREAM P|F BYTES\n`, the format of the Kubernetes CRI. */
export const criEncoder: RecordEncoder & Frame = {
  ...frame,
  framed: true,
  fit: (batch, from, room) => fit(batch, from, { frame, ...room }),
  write: ({ lane, fd }, batch, { from, to }) => {
    const { bytes, ends } = batch;
    return lane.writeRecords(fd, { bytes, ends, from, to, full: header(batch, 'F'), partial: header(batch, 'P') });
  },
  whole: (batch, span, written) => wholeRecords(batch, span, { frame, written }),
};

function header(batch: LogBatch, tag: 'P' | 'F'): Buffer {
  return Buffer.from(`${timestamp(batch.time)} ${batch.stream} ${tag} `, 'latin1');
}
