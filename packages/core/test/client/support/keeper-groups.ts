import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { CommandLine, StartKeeperOptions } from '../../../src/client/start-keeper.js';
import { placedGroups, removePlacement } from '../../../src/placement/index.js';
import { StateLayout } from '../../../src/state/layout.js';

/** What serve-and-tell.cjs says of itself. */
export interface About {
  readonly pid: number;
  readonly keeper: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly arguments: readonly string[];
}

export const TELLING_SHIMD = fileURLToPath(new URL('serve-and-tell.cjs', import.meta.url));

/** A root directory of its own, and the keepers a test started below it. */
export class KeeperGroups {
  readonly directory = mkdtempSync(join(tmpdir(), 'holdfast-client-'));
  readonly layout = new StateLayout(join(this.directory, 'root'));
  readonly #keepers = new Set<number>();

  options(more: Partial<StartKeeperOptions> = {}): StartKeeperOptions {
    const { layout } = this;
    return { layout, group: 'g1', shimd: this.telling(), environment: {}, ...more };
  }

  telling(...args: string[]): CommandLine {
    return { program: process.execPath, args: [TELLING_SHIMD, ...args] };
  }

  /** Has the keeper ended by `stop`, unless it has gone by then. */
  own(pid: number): number {
    if (!(pid > 1)) throw new Error(`${pid} is no keeper's pid`);
    this.#keepers.add(pid);
    return pid;
  }

  async stop(): Promise<void> {
    for (const pid of this.#keepers) {
      signal(pid, 'SIGKILL');
      await gone(pid);
    }
    await expect.poll(() => this.#placedAfterRemoval(), { interval: 20, timeout: 10_000 }).toEqual([]);
    rmSync(this.directory, { recursive: true });
  }

  /** A shimd whose keeper has been killed may take a moment to follow it. */
  #placedAfterRemoval(): string[] {
    const { root } = this.layout;
    for (const group of placedGroups(root)) removePlacement({ root, group });
    return placedGroups(root);
  }
}

export function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** No event tells of the end of a process that is nobody's child here. */
export async function gone(pid: number): Promise<void> {
  await expect.poll(() => isAlive(pid), { interval: 10, timeout: 10_000 }).toBe(false);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
