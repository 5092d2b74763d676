import type { ContainerCgroups } from '../cgroups/container-cgroups.js';
import type { EventPoller } from '../stdio/event-poller.js';
import { openV1Counter } from './v1-counter.js';
import { openV2Counter } from './v2-counter.js';

/** The kernel's count of processes of one cgroup that it has killed for want of memory. */
export interface OomCounter {
  /** Undefined if the cgroup has gone. */
  read(): number | undefined;
  close(): void;
}

/** Calls `changed` when the count may have changed. Undefined if no hierarchy limits the container's memory. Throws Node's errors. */
export function openOomCounter(
  cgroups: ContainerCgroups,
  poller: EventPoller,
  changed: () => void,
): OomCounter | undefined {
  const { memory } = cgroups.v1;
  if (memory !== undefined) return openV1Counter(memory, poller, changed);
  return cgroups.v2 === null ? undefined : openV2Counter(cgroups.v2, changed);
}
