import { release } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { each, until } from './command.mjs';
import { killKeepers } from './keeper-kills.mjs';
import { Load } from './load.mjs';
import { Resident } from './resident.mjs';
import { ShimdKills } from './shimd-kills.mjs';

const STARTS_AT_ONCE = 3;
/** Of the time; the rest is the storm. */
const CALM_SHARE = 0.1;
const LONGEST_CALM_MS = 60_000;
const GRACE_MS = 60_000;
const RUNTIME_KILL_PAUSE_MS = [500, 8_000];
const MINUTES_PER_KEEPER_KILL = 4;
/** From here on the kernel tells the exit code of a process whose parent has died. */
const LEAST_LINUX = [6, 15];

/** Starts the residents. Resolves to what keeper and shimd use then. */
export async function settleIn(world, random, count) {
  for (let n = 0; n < count; n += 1) world.residents.push(new Resident(world, random.child(`resident ${n}`), n));
  await each(world.residents, STARTS_AT_ONCE, async (resident) => {
    world.signal.throwIfAborted();
    await resident.start();
  });
  await world.findKeeper();
  world.load = new Load(world, random.child('load'));
  return world.takeStock('before');
}

/** Load, while shimd, runtime commands and clients are killed: until the time is up and every fault point had its hits. */
export async function storm(world, random, { minutes, hits }) {
  const over = new AbortController();
  const length = minutes * 60_000 * (1 - CALM_SHARE);
  world.load.begin();
  try {
    await Promise.all([
      endOfStorm(world, { length, hits }).finally(() => over.abort()),
      new ShimdKills(world, random.child('shimd')).until(over.signal),
      killRuntimes(world, random.child('runtime'), over.signal),
    ]);
  } finally {
    over.abort();
    await world.load.end();
  }
  return world.takeStock('after the storm');
}

/** A slow machine gets more time for the hits, within bounds. */
async function endOfStorm({ tally, signal }, { length, hits }) {
  await delay(length, undefined, { signal });
  await until(() => [...tally.points.values()].every((count) => count >= hits), length + GRACE_MS, signal);
}

/** The same load for one shimd that lives: what it uses more at the end it does not give back. */
export async function calm(world, minutes) {
  world.load.begin();
  const length = Math.min(LONGEST_CALM_MS, minutes * 60_000 * CALM_SHARE);
  await delay(length, undefined, { signal: world.signal });
  await world.load.end();
  return world.takeStock('after the calm');
}

/** Terminals go with the keeper that holds them: the residents that have one end before it is killed. */
export async function keeperPhase(world, random, minutes) {
  await endResidents(world, (resident) => resident.terminal);
  if (!knowsCodes() || world.residents.length === 0) return;
  await killKeepers(world, random.child('keeper'), Math.max(1, Math.round(minutes / MINUTES_PER_KEEPER_KILL)));
  await world.takeStock('after the deaths of the keeper');
}

/** Lets residents end, and checks them. */
export async function endResidents(world, which = () => true) {
  const ending = world.residents.filter(which);
  world.residents = world.residents.filter((resident) => !which(resident));
  await each(ending, STARTS_AT_ONCE, async (resident) => {
    world.signal.throwIfAborted();
    await resident.end().catch((error) => world.tally.failed(resident.id, error));
  });
}

async function killRuntimes(world, random, over) {
  for (let n = 0; !over.aborted; n += 1) {
    try {
      await delay(random.between(...RUNTIME_KILL_PAUSE_MS), undefined, { signal: over });
      await world.runtimeKills.one(random.child(n), over);
    } catch (error) {
      if (!over.aborted) throw error;
    }
  }
}

function knowsCodes() {
  const [major, minor] = release().split('.').map(Number);
  return major > LEAST_LINUX[0] || (major === LEAST_LINUX[0] && minor >= LEAST_LINUX[1]);
}
