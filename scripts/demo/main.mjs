// npm start: installs what is missing, builds, and shows what holdfast is for, on real containers.
import { mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensure, takeInstallFlag } from '../lib/ensure.mjs';
import { Complaint, ROOT, run, runMain } from '../lib/run.mjs';
import { makeBundles, placesBelow, TICKER } from './bundle.mjs';
import { cleanUp } from './clean-up.mjs';
import { Held } from './holdfast.mjs';
import { showNaive } from './naive.mjs';
import { Show } from './show.mjs';

const MANAGER = fileURLToPath(new URL('manager.mjs', import.meta.url));

await runMain(async (args) => {
  const { install, rest } = takeInstallFlag(args);
  if (rest.length > 0) throw new Complaint(`unknown argument ${rest[0]}: npm start takes --no-install only.`);
  await ensure({ install, containers: true });
  console.log('Building …');
  const { build } = await import('../lib/build.mjs');
  await build();
  process.env.PATH = [join(ROOT, 'node_modules/.bin'), process.env.PATH].join(delimiter);
  await demonstrate();
});

async function demonstrate() {
  const interrupted = new AbortController();
  const stop = () => interrupted.abort();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
  const places = placesBelow(await realpath(await mkdtemp(join(tmpdir(), 'hf-'))));
  const show = new Show(interrupted.signal);
  const failure = await tell(show, places).then(
    () => undefined,
    (error) => (interrupted.signal.aborted ? new Complaint('interrupted.') : error),
  );
  show.step('Cleaning up: both containers and the directory of the demo.');
  const left = await cleanUp(places);
  if (failure !== undefined) {
    if (left.length > 0) console.error(`Left behind:\n${left.join('\n')}`);
    throw failure;
  }
  show.claim('nothing is left behind', left.length === 0, left.join('\n'));
  console.log('\nEverything that was claimed has been checked.');
}

async function tell(show, places) {
  const held = new Held(show, places);
  show.step('A container whose entry point prints a line a second, and notes it if SIGPIPE kills it.');
  show.lines(TICKER);
  makeBundles(places);
  show.step('A manager starts it twice: with a pipe to `runc run --detach`, and with `shimctl run -d`. Then it exits.');
  await runManager(show, places, held);
  show.step('The naive container: nobody reads its pipe any more.');
  await showNaive(show, places);
  show.step('The container that holdfast holds.');
  await held.showAlive();
  show.step('shimd, the process that reads the output and writes the log, is killed too.');
  await held.showShimdKilled();
  show.step('Its log, a command inside it, and the list.');
  await held.showCommands();
  show.step('It is stopped and deleted.');
  await held.showStop();
}

async function runManager(show, places, held) {
  const naiveStart = ['runc', '--root', places.runcRoot, 'run', '--detach', '-b', places.naive.bundle, places.naive.id];
  const heldStart = ['shimctl', ...held.arguments('run', '-d', '-b', places.held.bundle, places.held.id)];
  const follow = ['shimctl', ...held.arguments('logs', '-f', places.held.id)];
  for (const command of [naiveStart, heldStart, follow]) show.lines(`$ ${command.join(' ')}`);
  const plan = JSON.stringify({ naive: { start: naiveStart }, held: { start: heldStart, follow } });
  const code = await run(process.execPath, [MANAGER, plan], { signal: show.signal });
  show.claim('the manager has read ten lines of each and is gone', code === 0);
}
