import { join } from 'node:path';
import type { Options } from '../command-line/options.js';
import { writeFileWhole } from './write-file.js';

/** Tells how it has ended: a number without a newline, in `PERSIST/exit` and `EXITDIR/CID`, in this order. Throws the system's errors. */
export async function writeExitFiles(options: Options, code: number): Promise<void> {
  const { persistDir, exitDir, id } = options;
  if (persistDir !== undefined) await writeFileWhole(join(persistDir, 'exit'), `${code}`);
  if (exitDir !== undefined) await writeFileWhole(join(exitDir, id), `${code}`);
}

/** An empty file in the persist directory and in the bundle says that the kernel has killed a process of it for want of memory. */
export async function writeOomFiles({ persistDir, bundle }: Options): Promise<void> {
  for (const directory of [persistDir, bundle])
    if (directory !== undefined) await writeFileWhole(join(directory, 'oom'), '');
}
