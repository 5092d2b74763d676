import { setTimeout as delay } from 'node:timers/promises';
import { execIn } from './exec.mjs';
import { visit, VISITS } from './visit.mjs';
import { watch } from './watch.mjs';

/** Residents for each loop of a kind. */
const RESIDENTS_PER = { visits: 25, execs: 20, watches: 8 };
const SHORTEST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 4_000;
/** Errands that may be under way at once, for each resident. */
const CROWD = 0.5;

/** What goes on while things are killed: visitors, commands in residents, clients that look. */
export class Load {
  #stop = new AbortController();
  #running = new Set();

  constructor(world, random) {
    this.world = world;
    this.random = random;
  }

  begin() {
    const { residents } = this.world;
    this.#stop = new AbortController();
    this.world.loadOver = this.#stop.signal;
    for (const [kind, per] of Object.entries(RESIDENTS_PER))
      for (let n = 0; n < Math.ceil(residents.length / per); n += 1)
        this.#track(this.#loop(kind, this.random.child(`${kind} ${n}`)));
  }

  /** One more errand, unless too many are under way. */
  add(kind, random) {
    if (this.#running.size < 8 + CROWD * this.world.residents.length) this.#track(this.#errand(kind, random));
  }

  /** Lets what is under way come to its end. */
  async end() {
    this.#stop.abort();
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  async #loop(kind, random) {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await delay(random.between(SHORTEST_PAUSE_MS, LONGEST_PAUSE_MS), undefined, { signal }).catch(() => undefined);
      if (!signal.aborted) await this.#errand(kind, random);
    }
  }

  #errand(kind, random) {
    const { world } = this;
    if (kind === 'execs') return execIn(world, random, random.pick(world.residents));
    if (kind === 'watches') return watch(world, random, random.pick(world.residents));
    return visit(world, random, kind === 'visits' ? random.pick(Object.keys(VISITS)) : kind);
  }

  #track(errand) {
    this.#running.add(errand);
    void errand.finally(() => this.#running.delete(errand));
  }
}
