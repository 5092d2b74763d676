import { existsSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Fault points that are armed while shimd runs, and again after each death: a file POINT in the directory holds the number of the
 * passage at which to die, and is renamed to POINT.PID then.
 */
export class ArmedFiles {
  readonly #left = new Map<string, number>();

  constructor(private readonly directory: string) {}

  /** True if this passage is the one. */
  strikes(point: string): boolean {
    const path = join(this.directory, point);
    if (!existsSync(path)) {
      this.#left.delete(point);
      return false;
    }
    try {
      const left = (this.#left.get(point) ?? Number(readFileSync(path, 'utf8'))) - 1;
      this.#left.set(point, left);
      if (left > 0) return false;
      renameSync(path, `${path}.${process.pid}`);
      return true;
    } catch {
      // Disarmed meanwhile.
      return false;
    }
  }
}
