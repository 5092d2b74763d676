import { setTimeout as delay } from 'node:timers/promises';
import { childrenOf, holdsExecs, shimdOf, stateOf, usageOf } from './processes.mjs';
import { RuntimeKills } from './runtime-kills.mjs';
import { until } from './command.mjs';

const SETTLE_TIMEOUT_MS = 20_000;
/** A shim forgets a session that was never started after 30 s, and one whose client it waits for has 5 s before it is read. */
const EXECS_TIMEOUT_MS = 45_000;
/** Sockets that are closed and not yet forgotten, a collection of garbage. */
const REST_MS = 500;

/** What everybody in a run works on. */
export class World {
  residents = [];
  runtimeKills = new RuntimeKills(this);
  #number = 0;

  /** `signal`: ctrl-C. */
  constructor({ stage, tally, recorder, signal }) {
    Object.assign(this, { stage, tally, recorder, signal });
  }

  /** Makes names unique. */
  nextNumber() {
    this.#number += 1;
    return this.#number;
  }

  async findKeeper() {
    const [{ shim }] = await this.stage.list();
    this.keeper = shim.keeperPid;
  }

  /** With nothing under way: counts what should not be there, and measures keeper and shimd. */
  async takeStock(when) {
    await this.stage.serves();
    const expected = new Set((await this.stage.list()).map(({ pid }) => pid));
    const left = () => childrenOf(this.keeper).filter((pid) => !expected.has(pid) && pid !== shimdOf(this.keeper));
    await until(() => left().length === 0, SETTLE_TIMEOUT_MS, this.signal);
    for (const pid of left()) this.#count(pid, when);
    // Of clients that were killed.
    await until(() => !holdsExecs(this.keeper), EXECS_TIMEOUT_MS, this.signal);
    await delay(REST_MS, undefined, { signal: this.signal });
    const stock = { keeper: usageOf(this.keeper), shimd: usageOf(shimdOf(this.keeper)) };
    this.recorder.emit('stock', { when, ...stock });
    return stock;
  }

  #count(pid, when) {
    const zombie = stateOf(pid) === 'Z';
    this.tally.processes[zombie ? 'zombies' : 'strays'] += 1;
    this.recorder.emit(zombie ? 'zombie' : 'stray', { pid, when });
  }
}
