import { readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { ShimError } from '../plugin/shim-error.js';

const MAX_BYTES = 1 << 18;
const COUNTER_BYTES = 4096;
/** No such file; the cgroup was removed meanwhile; the kernel was built without it. */
const ABSENT: readonly (string | undefined)[] = ['ENOENT', 'ENODEV', 'EOPNOTSUPP'];

/**
 * What a cgroup's file says, at most 256 KiB; undefined if there is no such file. Not read by the main thread: the kernel may sum up
 * counters of thousands of cgroups first. Rejects with SHIM_IO.
 */
export async function readControl(directory: string, name: string): Promise<string | undefined> {
  const path = join(directory, name);
  try {
    const file = await open(path, 'r');
    try {
      const chunks: Buffer[] = [];
      for (let length = 0; length < MAX_BYTES;) {
        // Kernel files give a page at a time.
        const { bytesRead, buffer } = await file.read(Buffer.alloc(1 << 14));
        if (bytesRead === 0) break;
        chunks.push(buffer.subarray(0, bytesRead));
        length += bytesRead;
      }
      return Buffer.concat(chunks).toString('utf8');
    } finally {
      await file.close();
    }
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (ABSENT.includes(code)) return undefined;
    throw new ShimError('SHIM_IO', `a counter of the container's cgroup cannot be read: ${message}`, {
      where: path,
      cause,
      remedy: 'Is the cgroup file system mounted, and readable for root? `shimctl doctor` looks at it.',
    });
  }
}

/** The number in such a file; undefined if there is no such file, null for `max`. */
export async function readLimit(directory: string, name: string): Promise<number | null | undefined> {
  const text = (await readControl(directory, name))?.trim();
  if (text === undefined) return undefined;
  return text === 'max' ? null : count(text);
}

/** The number in such a file; undefined if there is none. */
export async function readCount(directory: string, name: string): Promise<number | undefined> {
  return (await readLimit(directory, name)) ?? undefined;
}

/** The number after `key` in text of lines `KEY NUMBER`; undefined if there is none. */
export function keyedCount(text: string, key: string): number | undefined {
  for (const line of text.split('\n')) {
    if (line.startsWith(`${key} `)) return count(line.slice(key.length + 1).trim());
  }
  return undefined;
}

/** The same of an open file, read from its beginning; undefined also if its cgroup was removed. */
export function readKeyedCount(fd: number, key: string): number | undefined {
  const buffer = Buffer.alloc(COUNTER_BYTES);
  try {
    return keyedCount(buffer.toString('utf8', 0, readSync(fd, buffer, 0, buffer.length, 0)), key);
  } catch {
    return undefined;
  }
}

function count(text: string): number | undefined {
  return /^[0-9]+$/.test(text) ? Number(text) : undefined;
}
