import type { LogLoss } from '@holdfast/core/plugin';
import { mapHeader, pack } from '../msgpack/pack.js';
import { timeBytes, writeTime } from '../record/event-time.js';
import type { Chunk } from './chunk.js';
import type { MessageForm } from './message.js';

/** What {@link gapChunk} is made with. */
export interface GapParts {
  readonly id: string;
  /** Those that all records of the stream have. */
  readonly fields: readonly (readonly [string, string])[];
  readonly form: MessageForm;
  readonly requestAck: boolean;
  readonly nanoseconds: boolean;
}

/** A record that says that others are missing. */
export function gapChunk(loss: LogLoss, { id, fields, form, requestAck, nanoseconds }: GapParts): Chunk {
  const own = gapFields(loss);
  const time = Buffer.alloc(timeBytes(nanoseconds));
  writeTime(loss.to, time, 0, nanoseconds);
  const map = [mapHeader(fields.length + own.length), ...[...fields, ...own].flat().map(pack)];
  const entry = Buffer.concat([Buffer.of(0x92), time, ...map]);
  return {
    id,
    encode() {
      const buffer = Buffer.concat([Buffer.alloc(form.entriesAt), entry, Buffer.alloc(form.optionBytes)]);
      return form.finish(buffer, form.entriesAt + entry.length, { count: 1, chunk: requestAck ? id : undefined });
    },
    release: () => undefined,
  };
}

function gapFields({ records, bytes, reason }: LogLoss): (readonly [string, string | number])[] {
  const what = `${records} record${records === 1 ? '' : 's'} (${bytes} bytes)`;
  return [
    ['log', `holdfast: ${what} lost: ${reason}`],
    ['holdfast_lost_records', records],
    ['holdfast_lost_bytes', bytes],
    ['holdfast_reason', reason],
  ];
}
