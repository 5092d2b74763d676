import { setTimeout as delay } from 'node:timers/promises';
import { ArmedFault, ERRANDS } from './armed-fault.mjs';
import { until } from './command.mjs';
import { Deck } from './deck.mjs';
import { runs, shimdOf } from './processes.mjs';

/** Fault points that are armed at once. */
const HUNTERS = 3;
/** How many of the random kills do not wait until shimd serves. */
const EARLY_SHARE = 0.4;
const PAUSE_MS = [500, 12_000];
const LONGEST_WAIT_MS = 800;
const MOST_PASSAGES = 20;
/** After how many of its deaths one shimd lives for a while. Clients give up when none does. */
const TRUCE_SHARE = 0.25;
const TRUCE_MS = 2_000;
const STRIKE_TIMEOUT_MS = 25_000;

/** Kills shimd again and again, at all its fault points in turn and at random moments. */
export class ShimdKills {
  #hunted = new Set();
  #truce = Promise.resolve();

  constructor(world, random) {
    this.world = world;
    this.random = random;
    this.deck = new Deck([...world.tally.points.keys()], random.child('deck'));
  }

  async until(over) {
    const hunters = Math.min(HUNTERS, this.deck.points.length);
    await Promise.all([this.#atRandom(over), ...Array.from({ length: hunters }, () => this.#atFaults(over))]);
    await this.world.stage.serves();
  }

  async #atRandom(over) {
    for (let n = 0; !over.aborted; n += 1) {
      const random = this.random.child(n);
      const [pause, early, wait] = [random.between(...PAUSE_MS), random.chance(EARLY_SHARE), random.next()];
      await delay(pause, undefined, { signal: over }).catch(() => undefined);
      await this.#truce;
      if (!early) await this.world.stage.serves();
      await delay(wait * LONGEST_WAIT_MS);
      if (!over.aborted) await this.#killOne();
    }
  }

  async #killOne() {
    const { world } = this;
    const pid = await until(() => shimdOf(world.keeper), STRIKE_TIMEOUT_MS, world.signal);
    if (pid === undefined) return world.tally.failed('keeper', 'it has no shimd');
    process.kill(pid, 'SIGKILL');
    await until(() => !runs(pid), STRIKE_TIMEOUT_MS, world.signal);
    world.tally.kill('moment', { pid });
  }

  async #atFaults(over) {
    while (!over.aborted) {
      const { point, random } = this.deck.draw(this.#hunted);
      this.#hunted.add(point);
      await this.#atFault({ point, random }, over);
      this.#hunted.delete(point);
      if (random.chance(TRUCE_SHARE)) this.#truce = this.#peace(over);
      await this.#truce;
    }
  }

  /** Until one shimd has lived for a while: what is armed may still strike. */
  async #peace(over) {
    const { stage, keeper } = this.world;
    for (let pid; !over.aborted && (pid === undefined || shimdOf(keeper) !== pid);) {
      await stage.serves();
      pid = shimdOf(keeper);
      await delay(TRUCE_MS, undefined, { signal: over }).catch(() => undefined);
    }
  }

  async #atFault({ point, random }, over) {
    const { world } = this;
    const fault = new ArmedFault(world.stage.faults, point);
    const errand = ERRANDS[point];
    fault.arm(errand === undefined ? random.integer(1, MOST_PASSAGES) : 1);
    if (errand !== undefined) world.load.add(errand, random);
    const pid = await fault.struck(STRIKE_TIMEOUT_MS, over).catch(() => fault.struck(0));
    if (pid !== undefined) world.tally.kill('fault', { pid, point });
    else if (!over.aborted) world.recorder.emit('not-reached', { point });
  }
}
