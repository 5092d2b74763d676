import { native } from '@holdfast/native';
import type { StreamName } from '../plugin/log-batch.js';
import type { ContainerIo } from './container-io.js';

/** What a client that comes late has to know of what came before it. */
export interface Replay {
  /** Nanoseconds since the epoch: records of before are in the logs. */
  readonly until: bigint;
  /** What comes behind them, and was shown to others already. */
  readonly rest: readonly (readonly [StreamName, Buffer])[];
  /** Resolves when those records can be read back. */
  readonly readable: Promise<void>;
}

/** Cuts the output here: to be called in the same turn as the client is added, so that nothing falls between. */
export function cutHere(io: ContainerIo, logs: { flush(): Promise<void> }): Replay {
  const rest = io.unrecorded();
  return { until: native.realtime(), rest, readable: logs.flush() };
}
