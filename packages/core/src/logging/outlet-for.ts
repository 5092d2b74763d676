import { DEFAULT_QUEUE, type ResolvedLog } from '../config/container-config.js';
import { DirectOutlet } from './direct-outlet.js';
import type { DriverPort } from './driver-port.js';
import type { Outlet } from './outlet.js';
import type { DriverAccount } from './pending/driver-account.js';
import { memoryBytes } from './queue/log-queue.js';
import { QueuedOutlet } from './queued-outlet.js';
import type { SegmentFiles } from './spill/segment-files.js';
import { Spill } from './spill/spill.js';

/** A driver, and what the config says of it. */
export interface OutletPlan {
  readonly port: DriverPort;
  readonly log: ResolvedLog;
  /** The container has no other driver. */
  readonly alone: boolean;
}

/** False for a local driver, and for one that is alone and for which the config asks for no queue: the pipe is one. */
export function isQueued({ port, log, alone }: OutletPlan): boolean {
  return port.driver.local !== true && !(alone && log.queue === undefined);
}

/** `files`: where it spills to. */
export function outletFor(plan: OutletPlan, account: DriverAccount, files: () => SegmentFiles): Outlet {
  const { port, log } = plan;
  if (!isQueued(plan)) return new DirectOutlet(port);
  const settings = log.queue ?? DEFAULT_QUEUE;
  if (settings.spillBytes === 0) return new QueuedOutlet({ port, settings, account });
  const { counters, logger, timeoutMs } = port.options;
  const sizes = { memoryBytes: memoryBytes(settings), diskBytes: settings.spillBytes };
  const spill = new Spill({ files: files(), account, counters, logger, timeoutMs, ...sizes });
  return new QueuedOutlet({ port, settings, account, spill });
}
