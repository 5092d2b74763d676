import { join } from 'node:path';
import type { Options } from '../command-line/options.js';
import { writeFileWhole } from './write-file.js';

/**
 * Tells how it has ended: a number without a newline, in `PERSIST/exit` and `EXITDIR/CID`, in this order. Throws the system's error once it has
 * tried both.
 */
export async function writeExitFiles({ persistDir, exitDir, id }: Options, code: number): Promise<void> {
  const errors: unknown[] = [];
  const write = async (path: string): Promise<void> =>
    writeFileWhole(path, `${code}`).catch((error: unknown) => void errors.push(error));
  if (persistDir !== undefined) await write(join(persistDir, 'exit'));
  if (exitDir !== undefined) await write(join(exitDir, id));
  if (errors.length > 0) throw errors[0];
}

/** An empty file in the persist directory and in the bundle says that the kernel has killed a process of it for want of memory. */
export async function writeOomFiles({ persistDir, bundle }: Options): Promise<void> {
  for (const directory of [persistDir, bundle])
    if (directory !== undefined) await writeFileWhole(join(directory, 'oom'), '');
}
