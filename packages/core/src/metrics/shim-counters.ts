/** What is counted of the whole group since this shimd came up. */
export interface ShimCounters {
  /** Log records that did not reach a driver, of all containers. */
  lostRecords: number;
  lostBytes: number;
}

export function newShimCounters(): ShimCounters {
  return { lostRecords: 0, lostBytes: 0 };
}

interface Lost {
  readonly records: number;
  readonly bytes: number;
}

/** Adds what a container's ledger counts on from `earlier`; call the returned function with each new state of it. */
export function followLosses(counters: ShimCounters, earlier: Lost): (lost: Lost) => void {
  let seen = earlier;
  return (lost) => {
    counters.lostRecords += lost.records - seen.records;
    counters.lostBytes += lost.bytes - seen.bytes;
    seen = lost;
  };
}
