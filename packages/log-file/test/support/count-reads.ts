import { open } from 'node:fs/promises';
import { vi } from 'vitest';

/** Counts the bytes that file handles read from now on, until mocks are restored. */
export async function countReads(): Promise<{ bytes: number }> {
  const handle = await open('/dev/null');
  const prototype = Object.getPrototypeOf(handle) as typeof handle;
  await handle.close();
  const count = { bytes: 0 };
  const { read } = prototype;
  vi.spyOn(prototype, 'read').mockImplementation(async function (this: typeof handle, ...args: unknown[]) {
    const result = await (read as (...all: unknown[]) => ReturnType<typeof read>).apply(this, args);
    count.bytes += result.bytesRead;
    return result;
  });
  return count;
}
