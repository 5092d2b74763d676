// npm run build: the native parts, every package, and the two bundles. --faults adds the shimd with fault points.
import { runMain } from './lib/run.mjs';
import { ensure, takeInstallFlag } from './lib/ensure.mjs';

await runMain(async (args) => {
  const { install, rest } = takeInstallFlag(args);
  await ensure({ install });
  // Loaded late: it needs npm packages that may have been missing until now.
  const { build } = await import('./lib/build.mjs');
  await build({ faults: rest.includes('--faults') });
});
