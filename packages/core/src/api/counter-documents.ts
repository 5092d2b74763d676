/** What a container has written since this shimd serves it: the counts begin again with the next. */
export type OutputDocument = Readonly<Record<'stdout' | 'stderr', OutputCounts>>;

export interface OutputCounts {
  readonly bytes: number;
  /** Log records: a line that was cut counts once for each part. */
  readonly records: number;
}

/** What this shimd has counted of one log driver. Losses stand in `lost`. */
export interface DriverDocument {
  /** Given to it and taken. */
  readonly records: number;
  readonly bytes: number;
  /** Waiting for it in memory. */
  readonly queuedRecords: number;
  readonly queuedBytes: number;
  /** Waiting for it on disk. */
  readonly spilledBytes: number;
  /** Calls that failed or did not come back in time. */
  readonly failures: number;
  /** How often its thread or process was started again. */
  readonly restarts: number;
}

/** What this shimd has counted of a container. */
export interface CountersDocument {
  readonly output: OutputDocument;
  /** By name among the container's drivers. */
  readonly drivers: Readonly<Record<string, DriverDocument>>;
  /** Exec sessions that were started. */
  readonly execs: number;
}
