import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

const MOST_BYTES = 1 << 20;

/** The beginning of a file as text. A FIFO of that name reads as empty. Rejects with Node's errors. */
export async function readBounded(path: string): Promise<string> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    if (!(await file.stat()).isFile()) return '';
    const buffer = Buffer.alloc(MOST_BYTES);
    let length = 0;
    // Files of /proc have no size and give a page at a time.
    for (let n = -1; n !== 0 && length < MOST_BYTES; length += n) {
      n = (await file.read(buffer, length, MOST_BYTES - length, null)).bytesRead;
    }
    return buffer.toString('utf8', 0, length);
  } finally {
    await file.close();
  }
}
