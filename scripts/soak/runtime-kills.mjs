import { setTimeout as delay } from 'node:timers/promises';
import { argumentsOf, childrenOf, pidNamespaceOf } from './processes.mjs';

const COMMANDS = new Set(['create', 'start', 'kill', 'delete', 'exec', 'pause', 'resume', 'state']);
const LOOK_EVERY_MS = 2;
const LONGEST_LIFE_MS = 40;

/** Kills commands of the OCI runtime, children of the keeper, and remembers whose they were. */
export class RuntimeKills {
  #killed = [];

  constructor(world) {
    this.world = world;
  }

  /** True if a command for the container was killed after that moment (`performance.now()`). */
  struck(id, since) {
    return this.#killed.some((kill) => kill.id === id && kill.at >= since);
  }

  /** True if a `start` of it was killed: its init may have found nobody at the other end, and have ended before the program ran. */
  spoiled(id) {
    return this.#killed.some((kill) => kill.id === id && kill.command === 'start');
  }

  /** Waits for a command and kills it somewhere in its life. */
  async one(random, signal) {
    const life = random.between(0, LONGEST_LIFE_MS);
    for (;;) {
      const found = this.#find();
      if (found === undefined) await delay(LOOK_EVERY_MS, undefined, { signal });
      else {
        await delay(life);
        if (this.#kill(found)) return;
      }
    }
  }

  #find() {
    for (const pid of childrenOf(this.world.keeper)) {
      const words = argumentsOf(pid);
      const at = words.findIndex((word, index) => index > 0 && COMMANDS.has(word));
      if (at === -1 || !words.includes('--root') || this.#isContainer(pid)) continue;
      const id = words.slice(at + 1).find((word) => /^(visitor|resident)-[a-z0-9-]+$/.test(word));
      if (id !== undefined) return { pid, command: words[at], id };
    }
    return undefined;
  }

  /** The init of a container that crun has created still has the command line of `crun create`. */
  #isContainer(pid) {
    return pidNamespaceOf(pid) !== pidNamespaceOf(this.world.keeper);
  }

  /** A pid that has ended meanwhile and is another process's is not found again: its arguments differ. */
  #kill({ pid, command, id }) {
    const words = argumentsOf(pid);
    if (!words.includes(command) || !words.includes(id) || this.#isContainer(pid)) return false;
    // Before the deed: whoever waits for the command hears of it at once.
    this.#killed.push({ id, command, at: performance.now() });
    if (!killed(pid)) {
      this.#killed.pop();
      return false;
    }
    this.world.tally.kill('runtime', { pid, command, id });
    return true;
  }
}

/** False if it has ended just now. */
function killed(pid) {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (error.code === 'ESRCH') return false;
    throw error;
  }
}
