import { join } from 'node:path';
import { build as buildNative } from '../../packages/native/build.mjs';
import { bundle, bundleYaml } from './bundle.mjs';
import { linkBin } from './link-bin.mjs';
import { MUTANTS } from './mutants.mjs';
import { ROOT, runOrThrow } from './run.mjs';

const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');

/**
 * Builds everything. `faults` adds `shimd.faults.cjs`, in which the fault points of the tests are alive, and for each mutant the same with
 * a mistake in it, `shimd.NAME.faults.cjs`.
 */
export async function build({ faults = false } = {}) {
  await buildNative();
  await runOrThrow(process.execPath, [TSC, '-b']);
  await Promise.all([
    bundle({ entry: 'src/bin/shimctl.ts', output: 'dist/shimctl.cjs', executable: true }),
    bundle({ entry: 'src/bin/shimd.ts', output: 'dist/shimd.cjs' }),
    bundle({ entry: 'src/bin/log-host.ts', output: 'dist/log-host.cjs' }),
    bundleYaml('dist/yaml.cjs'),
    ...(faults ? [undefined, ...Object.keys(MUTANTS)].map(bundleWithFaults) : []),
  ]);
  await linkBin('shimctl', '@holdfast/shimctl/dist/shimctl.cjs');
}

function bundleWithFaults(mutant) {
  const name = mutant === undefined ? 'shimd' : `shimd.${mutant}`;
  return bundle({ entry: 'src/bin/shimd.ts', output: `dist/${name}.faults.cjs`, faults: true, mutant });
}
