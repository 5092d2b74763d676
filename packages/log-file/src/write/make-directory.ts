import { mkdir, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf } from '../system-error.js';

/** The directory above may be removed, with the last log in it, just after it was seen. */
const TRIES = 10;

/** Makes directories, and takes back those that it made. */
export class Directories {
  /** Outermost first. */
  private readonly made: string[] = [];

  /** Permissions of new ones. */
  constructor(private readonly mode: number) {}

  /**
   * Makes a directory and those above it. Node's `recursive` says ENOENT where the reason is another one, such as a
   * read-only file system. What exists already may be no directory: whoever uses it will see.
   */
  async make(path: string): Promise<void> {
    const parent = dirname(path);
    for (let tries = 0; ; tries++) {
      const missing = await this.tryToMake(path);
      if (missing === undefined) return;
      if (parent === path || tries === TRIES) throw missing;
      await this.make(parent);
    }
  }

  /** Removes those that it made and that are empty. */
  async removeEmpty(): Promise<void> {
    for (let path = this.made.pop(); path !== undefined; path = this.made.pop()) {
      // Not empty, or gone.
      await rmdir(path).catch(() => undefined);
    }
  }

  /** Resolves to the error if the directory above is missing. */
  private async tryToMake(path: string): Promise<Error | undefined> {
    try {
      await mkdir(path, { mode: this.mode });
      this.made.push(path);
    } catch (error) {
      const code = codeOf(error);
      if (code === 'ENOENT') return error as Error;
      if (code !== 'EEXIST') throw error;
    }
    return undefined;
  }
}
