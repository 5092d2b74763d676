import { expect } from 'vitest';
import { exitDocument, fromWaitStatus } from '../../../src/reaper/exit-status.js';
import type { World } from './world.js';

/** Sees what becomes of each container, and holds against the shim what it tells of it. */
export class Witness {
  /** Wait statuses by pid, as the kernel has them. */
  readonly #ends = new Map<number, number>();
  readonly #inits = new Map<string, number>();
  readonly #stopped = new Map<string, string>();

  constructor(private readonly world: World) {
    const { keeper } = world.fixture;
    const report = keeper.report.bind(keeper);
    keeper.report = (exit) => {
      this.#ends.set(exit.pid, exit.waitStatus);
      return report(exit);
    };
  }

  look(): void {
    for (const { instance, pid, status, exitCode, signal } of this.world.shim.containers.list()) {
      if (pid !== 0) this.#inits.set(instance, pid);
      const shown = JSON.stringify({ exitCode, signal });
      const earlier = this.#stopped.get(instance);
      if (earlier !== undefined) expect([status, shown], 'an end is for ever').toEqual(['stopped', earlier]);
      if (status !== 'stopped' || earlier !== undefined) continue;
      expect({ exitCode, signal }, 'an end is not invented').toEqual(this.#endOf(instance));
      this.#stopped.set(instance, shown);
    }
  }

  #endOf(instance: string): object {
    const pid = this.#inits.get(instance);
    // It was never seen alive: any end will do that some process had.
    if (pid === undefined) return expect.objectContaining({ exitCode: expect.any(Number) as number }) as object;
    const { exitCode, signal } = exitDocument(fromWaitStatus(this.#ends.get(pid) ?? NaN), 0n);
    return { exitCode, signal };
  }
}
