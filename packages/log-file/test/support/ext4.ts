import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** An ext4 in a file, mounted; needs root. */
export class Ext4 {
  private constructor(private readonly base: string) {}

  static async make(): Promise<Ext4> {
    const made = new Ext4(await mkdtemp(join(tmpdir(), 'holdfast-log-file-ext4-')));
    await mkdir(made.directory);
    await made.format();
    await made.mount();
    return made;
  }

  get directory(): string {
    return join(this.base, 'mount');
  }

  /** Makes the kernel find an error in it: it is read-only from then on, also for files that are open. */
  async fail(): Promise<void> {
    const { stdout } = await run('findmnt', ['-no', 'SOURCE', this.directory]);
    await writeFile(join('/sys/fs/ext4', basename(stdout.trim()), 'trigger_fs_error'), 'test');
  }

  /** Takes it away from under open files, repairs it and mounts it anew, as an administrator does. */
  async repair(): Promise<void> {
    await run('umount', ['--lazy', this.directory]);
    await this.format();
    await this.mount();
  }

  async remove(): Promise<void> {
    await run('umount', [this.directory]);
    await rm(this.base, { recursive: true });
  }

  private async format(): Promise<void> {
    // The lazily unmounted one lives on in the file that had the name before.
    const image = join(this.base, 'image');
    await rm(image, { force: true });
    await writeFile(image, '');
    await truncate(image, 16 << 20);
    await run('mkfs.ext4', ['-q', '-F', image]);
  }

  private async mount(): Promise<void> {
    await run('mount', ['-o', 'loop,errors=remount-ro', join(this.base, 'image'), this.directory]);
  }
}
