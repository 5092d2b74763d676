import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { native } from '@holdfast/native';
import { readProcess } from '../reaper/process-identity.js';

const SIGKILL = 9;

/** What `terminals.json` says: which process holds which terminals, as numbers of its descriptors. */
export interface HeldTerminalsRecord {
  readonly pid: number;
  /** Field 22 of /proc/PID/stat, decimal. */
  readonly startTime: string;
  /** By the name under which the keeper holds them. */
  readonly terminals: Readonly<Record<string, number>>;
}

/**
 * The masters of terminals that this shimd has open. They exist in it and in the keeper alone, and with the last one the container is
 * hung up: while there are any, this process outlives its keeper, until the next shimd has taken them.
 */
export class HeldTerminals {
  readonly #terminals = new Map<string, number>();

  /** `path`: where it is written down for the next shimd; left out: nowhere. */
  constructor(private readonly path?: string) {}

  get any(): boolean {
    return this.#terminals.size > 0;
  }

  add(name: string, fd: number): void {
    this.#terminals.set(name, fd);
    this.#record();
    if (this.path !== undefined && this.#terminals.size === 1) native.parentDeathSignal(0);
  }

  /** To be called before it is closed. */
  remove(name: string): void {
    if (!this.#terminals.delete(name)) return;
    if (this.path !== undefined && !this.any) native.parentDeathSignal(SIGKILL);
    this.#record();
  }

  #record(): void {
    if (this.path === undefined) return;
    if (!this.any) return rmSync(this.path, { force: true });
    const record: HeldTerminalsRecord = {
      pid: process.pid,
      startTime: String(readProcess(process.pid)?.startTime ?? 0n),
      terminals: Object.fromEntries(this.#terminals),
    };
    const draft = `${this.path}.new`;
    writeFileSync(draft, JSON.stringify(record), { mode: 0o600 });
    renameSync(draft, this.path);
  }
}
