import { FRONT_END_KEYS } from '../front-end/front-end-keys.js';
import type { Keeper } from '../keeper/keeper.js';

/**
 * What the keeper held when this shimd came, under keys that begin with `INSTANCE/`. A container that is taken up drops its own; what is
 * left is of containers whose records can't be read, or that have no directory any more. Of creates in flight nothing is among it: the
 * keeper got theirs later. Those of front ends are not looked at.
 */
export class InheritedHolds {
  readonly #keys: Set<string>;

  constructor(
    keys: Iterable<string>,
    private readonly keeper: Keeper,
  ) {
    this.#keys = new Set([...keys].filter((key) => !key.startsWith(FRONT_END_KEYS)));
  }

  /** Drops what is of this instance. */
  drop(instance: string): Promise<void> {
    return this.#drop((owner) => owner === instance);
  }

  /** Drops what is of none of these instances. */
  dropAllBut(instances: ReadonlySet<string>): Promise<void> {
    return this.#drop((owner) => !instances.has(owner));
  }

  async #drop(isMeant: (owner: string) => boolean): Promise<void> {
    const meant = [...this.#keys].filter((key) => isMeant(key.split('/', 1)[0] ?? ''));
    for (const key of meant) this.#keys.delete(key);
    // A keeper that does not answer has gone, and holds nothing.
    await Promise.all(meant.map((key) => this.keeper.drop(key).catch(() => undefined)));
  }
}
