import type { StreamName } from '../plugin/log-batch.js';

/** What one stream of a container brought since this shimd serves it. Plain numbers, so that counting costs nothing. */
export interface StreamCounters {
  bytes: number;
  /** Records; a line that was cut counts once for each. */
  records: number;
}

/** What one log driver of a container got. */
export interface DriverCounters {
  /** Given to it and taken, with bytes as the container wrote them. */
  records: number;
  bytes: number;
  /** Waiting in memory now, and on disk. */
  queuedRecords: number;
  queuedBytes: number;
  spilledBytes: number;
  /** Calls of `write` that came back, and the seconds they took together. */
  writes: number;
  writeSeconds: number;
  /** Calls of `flush`. */
  flushes: number;
  flushSeconds: number;
  /** Calls that failed or did not come back in time. */
  failures: number;
  /** How often its thread or process was started again. */
  restarts: number;
}

/** What is counted of one container; nothing of it outlives shimd. */
export interface ContainerCounters {
  readonly streams: Readonly<Record<StreamName, StreamCounters>>;
  /** By name among the container's drivers. */
  readonly drivers: Map<string, DriverCounters>;
  /** Exec sessions that were started, and the seconds until the runtime had started them. */
  execs: number;
  execSeconds: number;
}

export function newContainerCounters(): ContainerCounters {
  const stream = (): StreamCounters => ({ bytes: 0, records: 0 });
  return { streams: { stdout: stream(), stderr: stream() }, drivers: new Map(), execs: 0, execSeconds: 0 };
}

/** The counters of a driver, made when first asked for. */
export function driverCounters({ drivers }: ContainerCounters, name: string): DriverCounters {
  let counters = drivers.get(name);
  if (counters === undefined) drivers.set(name, (counters = newDriverCounters()));
  return counters;
}

export function newDriverCounters(): DriverCounters {
  const amounts = { records: 0, bytes: 0, queuedRecords: 0, queuedBytes: 0, spilledBytes: 0 };
  return { ...amounts, writes: 0, writeSeconds: 0, flushes: 0, flushSeconds: 0, failures: 0, restarts: 0 };
}
