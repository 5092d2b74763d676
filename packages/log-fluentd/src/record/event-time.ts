const SECOND = 1_000_000_000n;
const SECONDS_LIMIT = 0xffff_ffffn;

/** Bytes of a time: EventTime, or whole seconds. */
export function timeBytes(nanoseconds: boolean): number {
  return nanoseconds ? 10 : 5;
}

/** Writes nanoseconds since the epoch as the protocol has them: an ext of type 0 with seconds and nanoseconds, or an integer. */
export function writeTime(time: bigint, to: Buffer, at: number, nanoseconds: boolean): void {
  const seconds = time / SECOND;
  const whole = Number(seconds < 0n ? 0n : seconds > SECONDS_LIMIT ? SECONDS_LIMIT : seconds);
  if (!nanoseconds) {
    to[at] = 0xce;
    to.writeUInt32BE(whole, at + 1);
    return;
  }
  to[at] = 0xd7;
  to[at + 1] = 0;
  to.writeUInt32BE(whole, at + 2);
  to.writeUInt32BE(time < 0n ? 0 : Number(time % SECOND), at + 6);
}
