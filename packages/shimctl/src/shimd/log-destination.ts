import { writeSync } from 'node:fs';
import type { DestinationStream } from 'pino';

const LINE_END = '\n';

/**
 * Lines of a log, written at once. One that there is no room for is left out: pino's own would end the process, which a full disk must not do, and the
 * next one would end as it tells that it serves.
 */
export function logDestination(
  fd: number,
  write: (fd: number, bytes: Buffer) => number = writeSync,
): DestinationStream {
  let cut = false;
  const put = (text: string): void => {
    const bytes = Buffer.from(cut ? LINE_END + text : text);
    let done = 0;
    while (done < bytes.length) {
      done += write(fd, bytes.subarray(done));
      cut = done < bytes.length;
    }
  };
  return {
    write: (text) => {
      try {
        put(text);
      } catch {
        // Nowhere to tell it.
      }
    },
  };
}
