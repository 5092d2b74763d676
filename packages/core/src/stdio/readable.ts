import type { EventPoller } from './event-poller.js';

/** Resolves when `fd` can be read or has been hung up (true), or after `ms` (false). */
export function readable(poller: EventPoller, fd: number, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (seen: boolean): void => {
      clearTimeout(timer);
      unwatch();
      resolve(seen);
    };
    const timer = setTimeout(() => settle(false), ms);
    const unwatch = poller.watch(fd, () => settle(true));
  });
}
