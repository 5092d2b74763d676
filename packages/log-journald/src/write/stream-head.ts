import type { StreamName } from '@holdfast/core/plugin';
import { timestampOf } from './timestamp.js';

const TIME_FIELD = 'SYSLOG_TIMESTAMP=';
const TIME_BYTES = 30;
/** Its number comes with each record. */
const ORDINAL_FIELD = '\nCONTAINER_LOG_ORDINAL=';

/** Docker's priorities: informational and error. */
export const DEFAULT_PRIORITY: Readonly<Record<StreamName, number>> = { stdout: 6, stderr: 3 };

/** What all entries of a batch begin with: the driver's fields, those of the stream, the time, written in place, and a name for the ordinal. */
export class StreamHead {
  readonly bytes: Buffer;
  readonly #timeAt: number;
  #time: bigint | undefined;

  /** `fixedPriority` is false if each record says its own. */
  constructor(fields: Buffer, stream: StreamName, fixedPriority: boolean) {
    const priority = fixedPriority ? `PRIORITY=${DEFAULT_PRIORITY[stream]}\n` : '';
    const rest = `CONTAINER_STREAM=${stream}\n${priority}${TIME_FIELD}`;
    this.bytes = Buffer.concat([fields, Buffer.from(rest), Buffer.alloc(TIME_BYTES), Buffer.from(ORDINAL_FIELD)]);
    this.#timeAt = fields.length + rest.length;
  }

  /** Nanoseconds since the epoch. */
  setTime(time: bigint): void {
    if (time === this.#time) return;
    this.#time = time;
    this.bytes.write(timestampOf(time), this.#timeAt, TIME_BYTES, 'latin1');
  }
}
