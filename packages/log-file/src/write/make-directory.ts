import { dirname } from 'node:path';
import type { FileLane } from '@holdfast/core/plugin';
import { codeOf } from '../system-error.js';

/** The directory above may be removed, with the last log in it, just after it was seen. */
const TRIES = 10;

/** Makes directories, and takes back those that it made. */
export class Directories {
  /** Outermost first. */
  private readonly made: string[] = [];

  /** `mode`: permissions of new ones. */
  constructor(
    private readonly mode: number,
    private readonly lane: FileLane,
  ) {}

  /**
   * Makes a directory and those above it. What exists already may be no directory: whoever uses it will see.
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
      await this.lane.removeDirectory(path).catch(() => undefined);
    }
  }

  /** Resolves to the error if the directory above is missing. */
  private async tryToMake(path: string): Promise<Error | undefined> {
    try {
      await this.lane.makeDirectory(path, this.mode);
      this.made.push(path);
    } catch (error) {
      const code = codeOf(error);
      if (code === 'ENOENT') return error as Error;
      if (code !== 'EEXIST') throw error;
    }
    return undefined;
  }
}
