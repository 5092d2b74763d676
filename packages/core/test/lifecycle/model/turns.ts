import { setTimeout as delay } from 'node:timers/promises';
import type { World } from './world.js';

/** Long over any deadline of the world. */
const STUCK_MS = 15_000;

/** Whose turn it is, of all that wait at a gate, is said by numbers. */
export class Turns {
  #waiting: { readonly what: string; readonly go: () => void }[] = [];
  #taken = 0;

  constructor(private readonly numbers: readonly number[]) {}

  /** For a life's gates. */
  readonly wait = (what: string): Promise<void> => new Promise((go) => this.#waiting.push({ what, go }));

  /** The dead wait for nothing. */
  clear(): void {
    this.#waiting = [];
  }

  /** Gives turns until it is `over`. What `other` returns gets its turn as a gate does. */
  async until(over: () => boolean, world: World, other: () => (() => Promise<void>) | undefined): Promise<void> {
    const deadline = Date.now() + STUCK_MS;
    for (await world.life.quiet(); !over(); await world.life.quiet()) {
      const next = other();
      const chosen = this.#choose(this.#waiting.length + (next === undefined ? 0 : 1));
      if (chosen < this.#waiting.length) this.#waiting.splice(chosen, 1)[0]?.go();
      else if (next !== undefined) await next();
      // Some deadline of the shim has to pass.
      else await delay(1);
      if (Date.now() > deadline) throw new Error('a command does not end');
    }
  }

  #choose(count: number): number {
    const number = this.numbers[this.#taken++ % this.numbers.length] as number;
    return count === 0 ? 0 : number % count;
  }
}
