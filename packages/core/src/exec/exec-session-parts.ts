import type { ExecRef } from '../api/documents.js';
import type { ContainerEvents } from '../events/container-events.js';
import type { ContainerCounters } from '../metrics/counters.js';
import type { PluginLogger } from '../plugin/plugin-context.js';
import type { Runtime } from '../plugin/runtime.js';
import type { Reaper } from '../reaper/reaper.js';
import type { AttachHub } from '../stdio/attach-hub.js';
import type { ContainerIo } from '../stdio/container-io.js';
import type { ExecRecords } from './exec-records.js';

/** What an exec session is made of. */
export interface ExecSessionParts {
  readonly ref: ExecRef;
  readonly records: ExecRecords;
  readonly io: ContainerIo;
  readonly hub: AttachHub;
  readonly runtime: Runtime;
  readonly reaper: Reaper;
  readonly logger: PluginLogger;
  readonly events: ContainerEvents;
  readonly counters: Pick<ContainerCounters, 'execs' | 'execSeconds'>;
  /** Of the boot that the container lives in. */
  readonly bootId: string;
  /** Milliseconds to wait for the end of output after exit. */
  readonly drainTimeoutMs: number;
}
