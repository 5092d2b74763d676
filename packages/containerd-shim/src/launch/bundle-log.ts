import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Writes a line to the FIFO through which containerd takes a shim's log. Nobody waits for its reader: without one, or room, it is left out. */
export function tellContainerd(bundle: string, level: 'info' | 'error', message: string): void {
  const flags = constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;
  try {
    const fd = openSync(join(bundle, 'log'), flags);
    try {
      const time = new Date().toISOString();
      writeSync(fd, `time="${time}" level=${level} msg=${JSON.stringify(message)} runtime=io.containerd.holdfast.v1\n`);
    } finally {
      closeSync(fd);
    }
  } catch {
    return;
  }
}
