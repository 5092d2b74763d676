import { open } from 'node:fs/promises';

const LONGEST = 4096;

/**
 * The arguments of a process, the first 4 KiB; none if it has ended, or gave them up. A process can keep whoever reads
 * them waiting for ever, which is why not the shim but the command does it.
 */
export async function readCommandLine(pid: number): Promise<string[]> {
  try {
    const file = await open(`/proc/${pid}/cmdline`, 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(LONGEST), 0, LONGEST, 0);
      const text = buffer.toString('utf8', 0, bytesRead).replace(/\0+$/, '');
      return text === '' ? [] : text.split('\0');
    } finally {
      await file.close();
    }
  } catch {
    return [];
  }
}
