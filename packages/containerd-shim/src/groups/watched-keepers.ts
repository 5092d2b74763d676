import { bootId, ForeignProcesses, readProcess } from '@holdfast/core';

/** Keepers of other groups, as long as they live. */
export class WatchedKeepers {
  readonly #pids = new Map<string, number>();
  readonly #processes = new ForeignProcesses();

  /** `gone` is called when the last one that was seen of a group has ended. */
  constructor(private readonly gone: (group: string) => void) {}

  get any(): boolean {
    return this.#pids.size > 0;
  }

  /** It has just been seen alive. */
  watch(group: string, pid: number): void {
    if (this.#pids.get(group) === pid) return;
    this.#pids.set(group, pid);
    const identity = { pid, startTime: readProcess(pid)?.startTime ?? 0n, bootId: bootId() };
    void this.#processes.exitOf(identity).then(() => {
      if (this.#pids.get(group) !== pid) return;
      this.#pids.delete(group);
      this.gone(group);
    });
  }
}
