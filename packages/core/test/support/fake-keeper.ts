import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync } from 'node:fs';
import { native } from '@holdfast/native';
import { onTestFinished } from 'vitest';
import type {
  Keeper,
  KeeperExit,
  KeeperProcess,
  KeeperWelcome,
  RelayedConnection,
  Replacement,
  ReplaceRequest,
  SpawnRequest,
} from '../../src/keeper/keeper.js';
import { ACCEPT_PROTOCOL_VERSION, KEEPER_PROTOCOL_VERSION } from '../../src/keeper/messages.js';
import { readProcess } from '../../src/reaper/process-identity.js';
import { passDescriptor } from './pass-descriptor.js';

/** Wait status of an exit with `code`. */
export const exitedWith = (code: number): number => code << 8;

interface Child extends KeeperProcess {
  readonly tag: string;
  readonly process: ChildProcess;
}

/**
 * A keeper in memory. Its processes are real, idle children of the test, so that /proc tells of them what it should;
 * how they end is said by {@link exit}.
 */
export class FakeKeeper implements Keeper {
  onExit: (exit: KeeperExit) => void = () => undefined;
  /** Plays a command: what `spawn` does beside starting a child. Throw a SpawnError to fail. */
  onSpawn: (request: SpawnRequest, process: KeeperProcess) => void | Promise<void> = () => undefined;
  readonly spawned: SpawnRequest[] = [];
  readonly acknowledged: bigint[] = [];
  readonly held = new Map<string, number>();
  restarts = 0;
  /** Of the protocol it speaks. */
  version = KEEPER_PROTOCOL_VERSION;
  replacement: Replacement | undefined;
  readonly offered: ReplaceRequest[] = [];
  served = 0;
  readonly #children = new Map<number, Child>();
  #exits: KeeperExit[] = [];
  #sequence = 0n;

  constructor() {
    onTestFinished(() => this.#close());
  }

  /** The parent of its processes. */
  get pid(): number {
    return process.pid;
  }

  /** Exits that nobody acknowledged. */
  get kept(): readonly KeeperExit[] {
    return this.#exits;
  }

  /** A process that came to the keeper by adoption, such as a container's init. */
  async adopt(tag = ''): Promise<KeeperProcess> {
    const child = spawn('sleep', ['600'], { stdio: 'ignore', detached: true });
    await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    const pid = child.pid as number;
    const { startTime } = readProcess(pid) as { startTime: bigint };
    this.#children.set(pid, { pid, startTime, tag, process: child });
    return { pid, startTime };
  }

  /** The process ends with `waitStatus` and is reaped. */
  async exit(pid: number, waitStatus: number): Promise<void> {
    const child = this.#children.get(pid);
    if (child === undefined) throw new Error(`the keeper has no process ${pid}`);
    await this.#end(child);
    this.report({ pid, startTime: child.startTime, tag: child.tag, waitStatus });
  }

  isAlive(pid: number): boolean {
    return this.#children.has(pid);
  }

  /** Every process that has not ended. */
  get alive(): readonly number[] {
    return [...this.#children.keys()];
  }

  /** Reports an exit, whether there was such a process or not. */
  report(exit: Pick<KeeperExit, 'pid' | 'startTime' | 'waitStatus'> & { readonly tag?: string }): KeeperExit {
    const whole = { tag: '', ...exit, seq: ++this.#sequence, time: 1_700_000_000_000_000_000n };
    this.#exits.push(whole);
    this.onExit(whole);
    return whole;
  }

  /** What a new shimd finds. */
  welcome(): KeeperWelcome {
    const children = [...this.#children.values()].filter((child) => child.tag !== '');
    const { version, pid, replacement } = this;
    return {
      version,
      pid,
      restarts: this.restarts++,
      replacements: 0,
      ...(replacement !== undefined && { replacement }),
      children,
      held: new Set(this.held.keys()),
      exits: [...this.#exits],
    };
  }

  hello(): Promise<KeeperWelcome> {
    return Promise.resolve(this.welcome());
  }

  async spawn(request: SpawnRequest): Promise<KeeperProcess> {
    this.spawned.push(request);
    const process = await this.adopt(request.tag);
    try {
      await this.onSpawn(request, process);
    } catch (error) {
      await this.#end(this.#children.get(process.pid) as Child);
      throw error;
    }
    return process;
  }

  acknowledge(seq: bigint): void {
    this.acknowledged.push(seq);
    this.#exits = this.#exits.filter((exit) => exit.seq !== seq);
  }

  hold(key: string, fd: number): Promise<void> {
    this.#put(key, passDescriptor(fd));
    return Promise.resolve();
  }

  drop(key: string): Promise<void> {
    const fd = this.held.get(key);
    if (fd !== undefined) closeSync(fd);
    this.held.delete(key);
    return Promise.resolve();
  }

  fetch(key: string): Promise<number> {
    const fd = this.held.get(key);
    return fd === undefined ? Promise.reject(new Error(`nothing held: ${key}`)) : Promise.resolve(passDescriptor(fd));
  }

  onRelayed: (connection: RelayedConnection) => void = () => undefined;

  relay(): Promise<boolean> {
    return Promise.resolve(false);
  }

  unrelay(): Promise<void> {
    return Promise.resolve();
  }

  accept(listener: string, key: string): Promise<boolean> {
    if (this.version < ACCEPT_PROTOCOL_VERSION) return Promise.resolve(false);
    this.#put(key, native.seqpacketAccept(this.held.get(listener) ?? -1));
    return Promise.resolve(true);
  }

  replace(request: ReplaceRequest): Promise<void> {
    this.offered.push(request);
    return Promise.resolve();
  }

  serving(): void {
    this.served += 1;
  }

  quit(): Promise<boolean> {
    return Promise.resolve(this.#children.size === 0);
  }

  #put(key: string, fd: number): void {
    const earlier = this.held.get(key);
    if (earlier !== undefined) closeSync(earlier);
    this.held.set(key, fd);
  }

  async #end(child: Child): Promise<void> {
    this.#children.delete(child.pid);
    if (child.process.exitCode !== null || child.process.signalCode !== null) return;
    const gone = new Promise((resolve) => child.process.once('exit', resolve));
    child.process.kill('SIGKILL');
    await gone;
  }

  async #close(): Promise<void> {
    for (const fd of this.held.values()) closeSync(fd);
    this.held.clear();
    await Promise.all([...this.#children.values()].map((child) => this.#end(child)));
  }
}
