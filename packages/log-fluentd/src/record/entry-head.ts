import { mapHeader, pack } from '../msgpack/pack.js';
import { timeBytes, writeTime } from './event-time.js';

const TIME_AT = 1;

/** What all entries of a stream begin with: the time, written in place, and the fields that are the same in all, up to the name of the log. */
export class EntryHead {
  readonly bytes: Buffer;
  #time: bigint | undefined;

  /** `more`: fields that follow the log. */
  constructor(
    fields: readonly (readonly [string, string])[],
    more: number,
    private readonly nanoseconds: boolean,
  ) {
    this.bytes = Buffer.concat([
      Buffer.of(0x92),
      Buffer.alloc(timeBytes(nanoseconds)),
      mapHeader(fields.length + 1 + more),
      ...fields.flat().map(pack),
      pack('log'),
    ]);
  }

  /** Nanoseconds since the epoch. */
  setTime(time: bigint): void {
    if (time === this.#time) return;
    this.#time = time;
    writeTime(time, this.bytes, TIME_AT, this.nanoseconds);
  }
}
