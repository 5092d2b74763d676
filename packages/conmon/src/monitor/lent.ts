import { closeSync } from 'node:fs';
import type { StandingLaunch } from '@holdfast/core';
import type { Options } from '../command-line/options.js';
import type { LogChoices } from '../logs/log-drivers.js';
import { preservedCount } from './preserved.js';

/** The first descriptor behind stdio. */
export const FIRST_OF_CALLER = 3;

/** Copies of the launcher's descriptors, for a process that gets them. */
export class Lent {
  readonly #fds: number[] = [];
  readonly descriptors: number[] = [];
  /** Of a process that has the caller's own. */
  stdio: { readonly stdin: number; readonly stdout: number; readonly stderr: number } | undefined;

  constructor(private readonly launch: Pick<StandingLaunch, 'descriptor'>) {}

  /** Throws the system's errors. */
  take({ runtimeOptions, terminal }: Options, { passthrough }: LogChoices): void {
    const count = preservedCount(runtimeOptions);
    for (let i = 0; i < count; i++) this.descriptors.push(this.#copy(FIRST_OF_CALLER + i));
    if (passthrough && !terminal) this.stdio = { stdin: this.#copy(0), stdout: this.#copy(1), stderr: this.#copy(2) };
  }

  giveBack(): void {
    for (const fd of this.#fds.splice(0)) closeSync(fd);
  }

  #copy(number: number): number {
    const fd = this.launch.descriptor(number);
    this.#fds.push(fd);
    return fd;
  }
}
