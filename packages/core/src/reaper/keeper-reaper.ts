import type { Keeper, KeeperExit, KeeperWelcome } from '../keeper/keeper.js';
import { fromWaitStatus } from './exit-status.js';
import type { ForeignProcesses } from './foreign-processes.js';
import { bootId, readProcess, type ProcessIdentity } from './process-identity.js';
import type { Reaper, SeenExit, TrackedProcess } from './reaper.js';

/** The {@link Reaper} over the keeper, which is the parent of every process that the shim has. */
export class KeeperReaper implements Reaper {
  readonly reaped = { tracked: 0, orphan: 0 };
  /** By pid and start time: a pid may be waited for twice, the first process's exit being on its way. */
  readonly #waiting = new Map<string, (exit: SeenExit) => void>();
  readonly #commands = new Map<string, (exit: SeenExit) => void>();
  readonly #runningCommands: Map<string, number>;
  /** Exits that nobody asked for yet; a spawn in flight may be about to. */
  #stash: KeeperExit[];
  #holds = 0;

  constructor(
    private readonly keeper: Keeper,
    private readonly keeperPid: number,
    private readonly foreign: ForeignProcesses,
    welcome: KeeperWelcome,
  ) {
    this.#stash = [...welcome.exits];
    this.#runningCommands = new Map(welcome.children.map((child) => [child.tag, child.pid]));
    keeper.onExit = (exit) => this.#onExit(exit);
  }

  async track<T extends { readonly pid: number }>(spawn: () => Promise<T>): Promise<T & TrackedProcess> {
    const release = this.hold();
    try {
      const spawned = await spawn();
      return { ...spawned, ...this.adopt(this.identify(spawned.pid)) };
    } finally {
      release();
    }
  }

  identify(pid: number): ProcessIdentity {
    const live = readProcess(pid);
    const ended = live?.ppid !== this.keeperPid && this.#stash.some((exit) => exit.pid === pid);
    return { pid, startTime: ended ? 0n : (live?.startTime ?? 0n), bootId: bootId() };
  }

  adopt(identity: ProcessIdentity): TrackedProcess {
    const { pid, startTime, bootId: boot } = identity;
    return { pid, startTime, bootId: boot, exited: this.#exitOf(identity) };
  }

  command(tag: string): Promise<SeenExit> | undefined {
    const stashed = this.#take((exit) => exit.tag === tag);
    if (stashed !== undefined) return Promise.resolve(this.#seen(stashed));
    if (!this.#runningCommands.has(tag)) return undefined;
    return new Promise((resolve) => this.#commands.set(tag, resolve));
  }

  commandPid(tag: string): number | undefined {
    return this.#runningCommands.get(tag);
  }

  hold(): () => void {
    this.#holds += 1;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#holds -= 1;
      if (this.#holds === 0) this.#forgetOrphans();
    };
  }

  #exitOf(identity: ProcessIdentity): Promise<SeenExit> {
    const { pid, startTime } = identity;
    // The keeper lives in this boot, as all that it knows of.
    if (identity.bootId !== bootId()) return this.foreign.exitOf(identity);
    const stashed = this.#take((exit) => exit.pid === pid && (startTime === 0n || exit.startTime === startTime));
    if (stashed !== undefined) return Promise.resolve(this.#seen(stashed));
    const live = readProcess(pid);
    const lives = live !== undefined && live.startTime === startTime;
    if (lives && live.ppid !== this.keeperPid) return this.foreign.exitOf(identity);
    const exit = new Promise<SeenExit>((resolve) => this.#waiting.set(keyOf(identity), resolve));
    if (!lives) void this.#giveUpAfterRoundTrip(identity);
    return exit;
  }

  /**
   * The process has gone. If it was the keeper's child, its exit is already on the way, ahead of the next reply.
   * If none came by then, it was the child of an earlier keeper.
   */
  async #giveUpAfterRoundTrip(identity: ProcessIdentity): Promise<void> {
    await this.keeper.drop('').catch(() => undefined);
    const waiter = this.#takeWaiter(keyOf(identity));
    waiter?.(await this.foreign.exitOf(identity));
  }

  #take(matches: (exit: KeeperExit) => boolean): KeeperExit | undefined {
    const at = this.#stash.findLastIndex(matches);
    return at < 0 ? undefined : this.#stash.splice(at, 1)[0];
  }

  #takeWaiter(key: string): ((exit: SeenExit) => void) | undefined {
    const waiter = this.#waiting.get(key);
    this.#waiting.delete(key);
    return waiter;
  }

  #onExit(exit: KeeperExit): void {
    const waiter = this.#takeWaiter(keyOf(exit)) ?? this.#takeWaiter(keyOf({ pid: exit.pid, startTime: 0n }));
    if (waiter !== undefined) return waiter(this.#seen(exit));
    const command = this.#commands.get(exit.tag);
    if (exit.tag !== '') this.#runningCommands.delete(exit.tag);
    if (exit.tag !== '' && command !== undefined) {
      this.#commands.delete(exit.tag);
      command(this.#seen(exit));
      return;
    }
    if (this.#holds === 0) this.#forget(exit);
    else this.#stash.push(exit);
  }

  #seen(exit: KeeperExit): SeenExit {
    this.reaped.tracked += 1;
    const acknowledge = (): void => this.keeper.acknowledge(exit.seq);
    return { status: fromWaitStatus(exit.waitStatus), time: exit.time, acknowledge };
  }

  #forgetOrphans(): void {
    const orphans = this.#stash;
    this.#stash = [];
    for (const orphan of orphans) this.#forget(orphan);
  }

  #forget(orphan: KeeperExit): void {
    this.reaped.orphan += 1;
    this.keeper.acknowledge(orphan.seq);
  }
}

/** Start time 0: the process was gone before it could be read. */
function keyOf({ pid, startTime }: { readonly pid: number; readonly startTime: bigint }): string {
  return `${pid}/${startTime}`;
}
