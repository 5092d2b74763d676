import { readdirSync, readlinkSync } from 'node:fs';

const FIRST = 3;

/**
 * How many descriptors from 3 on, without a gap, this process was started with.
 *
 * FD_CLOEXEC does not tell them from Node's own: libuv sets it on all as Node starts. But every descriptor gets the lowest free number,
 * and the first that Node keeps is an epoll instance: what is open below the lowest of those was there before. An epoll instance that
 * was inherited ends the row, too; no process has a use for another's.
 */
export function inheritedDescriptors(directory = '/proc/self/fd'): number {
  const numbers = new Set(readdirSync(directory).map(Number));
  let next = FIRST;
  while (numbers.has(next) && isForeign(`${directory}/${next}`)) next += 1;
  return next - FIRST;
}

/** The descriptor that readdir itself had is closed by now. */
function isForeign(path: string): boolean {
  try {
    return readlinkSync(path) !== 'anon_inode:[eventpoll]';
  } catch {
    return false;
  }
}
