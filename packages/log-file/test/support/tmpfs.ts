import { execFile } from 'node:child_process';
import { mkdtemp, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Mounts a file system of `options`, such as `size=64k`; needs root. */
export async function mountTmpfs(options: string): Promise<{ directory: string; unmount(): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-log-file-tmpfs-'));
  await run('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', directory]);
  const unmount = async (): Promise<void> => {
    await run('umount', [directory]);
    await rmdir(directory);
  };
  return { directory, unmount };
}
