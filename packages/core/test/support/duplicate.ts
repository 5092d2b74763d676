import { openSync, readFileSync } from 'node:fs';

const O_ACCMODE = 3;
const O_NONBLOCK = 0o4000;

/** A second descriptor of a FIFO or file, opened as `fd` was (Node has no dup); the caller's to close. */
export function duplicate(fd: number): number {
  const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1];
  if (flags === undefined) throw new Error(`no flags of descriptor ${fd}`);
  return openSync(`/proc/self/fd/${fd}`, (parseInt(flags, 8) & O_ACCMODE) | O_NONBLOCK);
}
