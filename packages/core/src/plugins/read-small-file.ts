import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** What stood where a small regular file was expected. */
export class NotASmallFile extends Error {
  override readonly name = 'NotASmallFile';
}

/**
 * The bytes of a regular file of at most `limit` bytes. Rejects with {@link NotASmallFile} for anything else (a directory,
 * a FIFO, a larger file), or with the error of the system call.
 */
export async function readSmallFile(path: string, limit: number): Promise<Buffer> {
  // Without O_NONBLOCK the open of a FIFO waits for a writer.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  try {
    const stats = await file.stat();
    if (stats.isDirectory()) throw new NotASmallFile('is a directory');
    if (!stats.isFile()) throw new NotASmallFile('is not a regular file');
    // The size alone is no bound: files of /proc say 0, and others may grow meanwhile.
    const buffer = Buffer.alloc(Math.min(stats.size, limit) + 1);
    const chunks: Buffer[] = [];
    for (let total = 0; total <= limit;) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length, null);
      if (bytesRead === 0) return Buffer.concat(chunks);
      total += bytesRead;
      chunks.push(Buffer.from(buffer.subarray(0, bytesRead)));
      if (stats.size > 0 && bytesRead < buffer.length) return Buffer.concat(chunks);
    }
    throw new NotASmallFile(`is larger than ${limit} bytes`);
  } finally {
    await file.close();
  }
}
