/** Who this shimd is. */
export interface ShimInfo {
  readonly pid: number;
  readonly keeperPid: number;
  readonly group: string;
  readonly version: string;
}

/** The time of day. */
export interface Clock {
  now(): Date;
}
