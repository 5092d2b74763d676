import { join } from 'node:path';
import { build as buildNative } from '../../packages/native/build.mjs';
import { bundle, bundleYaml } from './bundle.mjs';
import { linkBin } from './link-bin.mjs';
import { ROOT, runOrThrow } from './run.mjs';

const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');

/** Builds everything. `faults` adds `shimd.faults.cjs`, in which the fault points of the tests are alive. */
export async function build({ faults = false } = {}) {
  await buildNative();
  await runOrThrow(process.execPath, [TSC, '-b']);
  await Promise.all([
    bundle({ entry: 'src/bin/shimctl.ts', output: 'dist/shimctl.cjs', executable: true }),
    bundle({ entry: 'src/bin/shimd.ts', output: 'dist/shimd.cjs' }),
    bundleYaml('dist/yaml.cjs'),
    ...(faults ? [bundle({ entry: 'src/bin/shimd.ts', output: 'dist/shimd.faults.cjs', faults: true })] : []),
  ]);
  await linkBin('shimctl', '@holdfast/shimctl/dist/shimctl.cjs');
}
