import type { LogBatch } from '@holdfast/core/plugin';
import type { RecordEncoder } from './encoder.js';
import { fit, wholeRecords, type Frame } from './framed-records.js';
import { timestamp, type Zone } from './timestamp.js';

/** `2025-01-02T03:04:05.000000006Z stdout F `: the same size for both streams and both tags. */
export const criEncoder = encoderOf('Z', 40);

/** The same with `+00:00`, as conmon has it. */
export const k8sFileEncoder = encoderOf('+00:00', 45);

/** `TIME STREAM P|F BYTES\n`, the format of the Kubernetes CRI. */
function encoderOf(zone: Zone, headerSize: number): RecordEncoder & Frame {
  const frame: Frame = { headerSize, terminates: true };
  const header = (batch: LogBatch, tag: 'P' | 'F'): Buffer =>
    Buffer.from(`${timestamp(batch.time, zone)} ${batch.stream} ${tag} `, 'latin1');
  return {
    ...frame,
    moved: { framed: true, offset: zone !== 'Z' },
    fit: (batch, from, room) => fit(batch, from, { frame, ...room }),
    write: ({ lane, fd }, batch, { from, to }) => {
      const { bytes, ends } = batch;
      return lane.writeRecords(fd, { bytes, ends, from, to, full: header(batch, 'F'), partial: header(batch, 'P') });
    },
    whole: (batch, span, written) => wholeRecords(batch, span, { frame, written }),
  };
}
