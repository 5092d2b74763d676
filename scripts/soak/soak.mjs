import { join } from 'node:path';
import { ROOT } from '../lib/run.mjs';
import { calm, endResidents, keeperPhase, settleIn, storm } from './phases.mjs';
import { Random } from './random.mjs';
import { Recorder } from './recorder.mjs';
import { report } from './report.mjs';
import { Stage } from './stage.mjs';
import { Tally } from './tally.mjs';
import { World } from './world.mjs';

const MOST_DETAILS = 20;

/** One run. Prints the table; resolves to what is wrong. */
export async function soak(options, signal) {
  const { minutes, containers, seed, runtime, mutant, points } = options;
  console.log(
    `soak: ${containers} containers for ${minutes} minutes on ${runtime}, seed ${seed}${mutant ? `, mutant ${mutant}` : ''}`,
  );
  const recorder = new Recorder(options.out);
  const tally = new Tally(recorder, points);
  const stage = new Stage({ runtime, shimd: shimdBuild(mutant) });
  recorder.emit('begin', { ...options, mutant: mutant ?? null, directory: stage.directory });
  const world = new World({ stage, tally, recorder, signal });
  const stocks = {};
  const problem = await run(world, new Random(seed), { ...options, stocks }).then(
    () => [],
    (error) => [signal.aborted ? 'interrupted' : `stopped: ${error.stack ?? error}`],
  );
  console.log('Cleaning up …');
  const left = await stage.close();
  const { lines, failures } = report(tally, stocks, options);
  console.log(`\n${lines.join('\n')}`);
  for (const words of tally.details.slice(0, MOST_DETAILS)) console.log(`  ${words}`);
  // One that did not come to its end has not reached what it would have.
  const all = [...problem, ...(problem.length === 0 ? failures : []), ...left.map((what) => `left behind: ${what}`)];
  recorder.emit('end', { failures: all, lines });
  recorder.close();
  return all;
}

async function run(world, random, { minutes, containers, hits, stocks }) {
  const say = (text) => console.log(`${world.recorder.seconds.toFixed(0).padStart(5)} s  ${text}`);
  say('the residents move in');
  stocks.before = await settleIn(world, random, containers);
  say('the storm: shimd, runtime commands and clients are killed');
  stocks.stormy = await storm(world, random, { minutes, hits });
  say('the calm: the same load, nothing is killed but clients');
  stocks.calm = await calm(world, minutes);
  say('the keeper is killed');
  await keeperPhase(world, random, minutes);
  say('the residents end, and their logs are read back');
  await endResidents(world);
}

function shimdBuild(mutant) {
  return join(ROOT, 'packages/shimctl/dist', mutant === undefined ? 'shimd.faults.cjs' : `shimd.${mutant}.faults.cjs`);
}
