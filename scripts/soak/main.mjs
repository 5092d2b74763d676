// npm run soak: kills everything that can be killed under load, and counts what is lost. See docs/soak.md.
import { setMaxListeners } from 'node:events';
import { join } from 'node:path';
import { ensure } from '../lib/ensure.mjs';
import { Complaint, ROOT, runMain } from '../lib/run.mjs';
import { parseOptions } from './options.mjs';

const POINTS = join(ROOT, 'packages/core/dist/faults/fault-point.js');

/** Nothing here upgrades, types, or kills what is paused: end-to-end tests hit these. */
const NOT_MET = /^upgrade-|^forward-|^input-taken$|^kill-signalled$/;

// Every command and watcher that is under way listens to the signals that end a phase.
setMaxListeners(0);

await runMain(async (args) => {
  const { build, install } = parseOptions(args);
  await ensure({ install, containers: true });
  if (build) {
    console.log('Building …');
    await (await import('../lib/build.mjs')).build({ faults: true });
  }
  const { FAULT_POINTS } = await import(POINTS);
  const options = parseOptions(
    args,
    FAULT_POINTS.filter((point) => !NOT_MET.test(point)),
  );
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => interrupted.abort());
  const { soak } = await import('./soak.mjs');
  const failures = await soak(options, interrupted.signal);
  if (failures.length > 0)
    throw new Complaint(`the soak has failed:\n${failures.map((line) => `  ${line}`).join('\n')}`);
  console.log('\nNothing is lost.');
});
