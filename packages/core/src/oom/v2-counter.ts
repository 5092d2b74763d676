import { closeSync, constants, openSync, watch, type FSWatcher } from 'node:fs';
import { join } from 'node:path';
import { readKeyedCount } from '../cgroups/control-file.js';
import type { OomCounter } from './oom-counter.js';

/** Counts by memory.events, for which the kernel raises inotify events. Undefined without the memory controller. */
export function openV2Counter(directory: string, changed: () => void): OomCounter | undefined {
  const path = join(directory, 'memory.events');
  const events = openIfThere(path);
  if (events === undefined) return undefined;
  const watcher = watchIfPossible(path, changed);
  return {
    read: () => readKeyedCount(events, 'oom_kill'),
    close: () => {
      watcher?.close();
      closeSync(events);
    },
  };
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, constants.O_RDONLY);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** inotify instances are few on some hosts; without one the count is read when the container ends. */
function watchIfPossible(path: string, changed: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(path, { persistent: false }, changed);
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}
