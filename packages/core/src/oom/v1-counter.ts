import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { native } from '@holdfast/native';
import { readKeyedCount } from '../cgroups/control-file.js';
import type { EventPoller } from '../stdio/event-poller.js';
import type { OomCounter } from './oom-counter.js';

/**
 * Counts by memory.oom_control, told of changes by an eventfd. The kernel signals it just before it kills, and again when
 * the cgroup is removed: what counts is the counter.
 */
export function openV1Counter(directory: string, poller: EventPoller, changed: () => void): OomCounter {
  const control = openSync(join(directory, 'memory.oom_control'), constants.O_RDONLY);
  const unwatch = watchControl({ directory, control, poller, changed });
  return {
    read: () => readKeyedCount(control, 'oom_kill'),
    close: () => {
      unwatch();
      closeSync(control);
    },
  };
}

interface Watched {
  readonly directory: string;
  readonly control: number;
  readonly poller: EventPoller;
  readonly changed: () => void;
}

/** A kernel that gives no events (PREEMPT_RT) still counts: the count is then read when the container ends. */
function watchControl({ directory, control, poller, changed }: Watched): () => void {
  const event = native.eventfd();
  try {
    const events = openSync(join(directory, 'cgroup.event_control'), constants.O_WRONLY);
    try {
      writeSync(events, `${event} ${control}`);
    } finally {
      closeSync(events);
    }
  } catch {
    closeSync(event);
    return () => undefined;
  }
  const unwatch = poller.watch(event, () => {
    native.takeEvents(event);
    changed();
  });
  return () => {
    unwatch();
    closeSync(event);
  };
}
