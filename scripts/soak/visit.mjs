import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { until } from './command.mjs';
import { Errand, SHIM_FAILED } from './errand.mjs';
import { Reading } from './line-check.mjs';
import { readLog } from './resident.mjs';
import { stoppedScript, visitorScript } from './scripts.mjs';

const READY_TIMEOUT_MS = 120_000;
const STOP_SECONDS = '30';

/** What a visitor can be: how it is started, and what is done to it. */
export const VISITS = {
  detached: { start: detached },
  terminal: { start: detached, terminal: true },
  foreground: { start: foreground },
  /** The client that it was started by is killed. */
  abandoned: { start: abandoned },
  stopped: { start: detached, act: stop, script: stoppedScript },
  paused: { start: detached, act: pause, script: stoppedScript },
};

/** A container that comes, prints, is dealt with in some way and goes. */
export async function visit(world, random, kind) {
  const { start, act, terminal = false, script = visitorScript } = VISITS[kind];
  const id = `visitor-${kind}-${world.nextNumber()}`;
  const visitor = { id, kind, random, terminal, lines: random.integer(1, 800), code: random.integer(1, 120) };
  const plan = { ...visitor, parts: random.integer(1, 5), pause: random.between(0, 0.3).toFixed(2) };
  const errand = new Errand(world, id);
  const bundle = world.stage.bundle(id, script(plan));
  world.tally.containers.started += 1;
  await errand.run(async () => {
    await start(errand, visitor, bundle);
    errand.checkSpoiled();
    await act?.(errand, visitor);
    world.tally.code(id, visitor.code, (await errand.ok('wait', id)).trim());
    if (existsSync(world.stage.out(id, 'sigpipe'))) world.tally.failed(id, 'it got SIGPIPE');
    await readLog(world, visitor, visitor.lines);
  });
  await errand.run(() => errand.insist('delete', '--force', id));
  world.stage.removeBundle(id);
}

async function detached(errand, { id, terminal }, bundle) {
  await errand.ok('run', '-d', ...(terminal ? ['-t'] : []), '-b', bundle, id);
}

/** The client has to get everything, and the code. */
async function foreground(errand, { id, lines, code }, bundle) {
  const { stage, tally } = errand.world;
  const reading = new Reading({ first: 0, live: true });
  const got = await stage.start(['run', '-b', bundle, id], reading.consumers).ended;
  errand.checkSpoiled();
  if (got === SHIM_FAILED) errand.refuse(`run ${id}`, { code: got, stderr: reading.remarks.join('\n') });
  tally.code(`run ${id}`, code, got);
  tally.whole(`run ${id}`, reading, lines);
}

async function abandoned(errand, { id, random }, bundle) {
  const { stage, tally } = errand.world;
  const command = stage.start(['run', '-b', bundle, id]);
  const moment = random.between(0, 1500);
  await until(() => existsSync(stage.out(id, 'begun')) || !command.running, READY_TIMEOUT_MS);
  await delay(moment);
  if (command.kill()) tally.kill('client', { what: `run ${id}` });
  await command.ended;
}

async function stop(errand, { id, random }) {
  await ready(errand, id);
  await delay(random.between(0, 300));
  await errand.ok('stop', '-t', STOP_SECONDS, id);
}

async function pause(errand, { id, random }) {
  await ready(errand, id);
  await errand.ok('pause', id);
  await delay(random.between(0, 500));
  await errand.ok('resume', id);
  await errand.ok('stop', '-t', STOP_SECONDS, id);
}

async function ready({ world }, id) {
  const file = world.stage.out(id, 'ready');
  if (!(await until(() => existsSync(file), READY_TIMEOUT_MS, world.signal)))
    throw new Error(`${id} does not get ready`);
}
