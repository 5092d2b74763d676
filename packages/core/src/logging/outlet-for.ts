import { DEFAULT_QUEUE, type ResolvedLog } from '../config/container-config.js';
import { DirectOutlet } from './direct-outlet.js';
import type { DriverPort } from './driver-port.js';
import type { Outlet } from './outlet.js';
import { QueuedOutlet } from './queued-outlet.js';

export interface OutletNeeds {
  readonly log: ResolvedLog;
  /** The container has no other driver. */
  readonly alone: boolean;
}

/** A local driver gets each batch itself, and so does one that is alone and for which the config asks for no queue: the pipe is one. */
export function outletFor(port: DriverPort, { log, alone }: OutletNeeds): Outlet {
  const { queue } = log;
  if (port.driver.local === true || (alone && queue === undefined)) return new DirectOutlet(port);
  const account = { offered: () => undefined, delivered: () => undefined };
  return new QueuedOutlet({ port, settings: queue ?? DEFAULT_QUEUE, account });
}
