import { copyFile, mkdir, rename } from 'node:fs/promises';
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
  const { launcher } = buildNative();
  await runOrThrow(process.execPath, [TSC, '-b']);
  await Promise.all([
    bundle({ entry: 'src/bin/shimctl.ts', output: 'dist/shimctl.cjs', executable: true }),
    bundle({ entry: 'src/bin/shimd.ts', output: 'dist/shimd.cjs' }),
    bundle({ entry: 'src/bin/log-host.ts', output: 'dist/log-host.cjs' }),
    bundleYaml('dist/yaml.cjs'),
    bundle({ of: 'containerd-shim', entry: 'src/front-end.ts', output: 'dist/front-end.cjs' }),
    bundle({ of: 'containerd-shim', entry: 'src/main.ts', output: 'dist/main.cjs', executable: true }),
    bundle({ of: 'conmon', entry: 'src/front-end.ts', output: 'dist/front-end.cjs' }),
    bundle({ of: 'conmon', entry: 'src/runtime/plugin.ts', output: 'dist/runtime.cjs' }),
    bundle({ of: 'conmon', entry: 'src/main.ts', output: 'dist/main.cjs', executable: true }),
    ...(faults ? [undefined, ...Object.keys(MUTANTS)].map(bundleWithFaults) : []),
  ]);
  await placeLauncher(launcher, 'shimctl', 'shimctl');
  await placeLauncher(launcher, 'containerd-shim', 'containerd-shim-holdfast-v1');
  await placeLauncher(launcher, 'conmon', 'holdfast-conmon');
}

function bundleWithFaults(mutant) {
  const name = mutant === undefined ? 'shimd' : `shimd.${mutant}`;
  return bundle({ entry: 'src/bin/shimd.ts', output: `dist/${name}.faults.cjs`, faults: true, mutant });
}

/** A launcher knows what it is by its name, and finds its package from where it lies. */
async function placeLauncher(launcher, of, name) {
  const platform = `${process.platform}-${process.arch}`;
  const directory = join(ROOT, 'packages', of, 'launchers', platform);
  await mkdir(directory, { recursive: true });
  const temporary = join(directory, `.${name}.${process.pid}`);
  await copyFile(launcher, temporary);
  await rename(temporary, join(directory, name));
  await linkBin(name, `@holdfast/${of}/launchers/${platform}/${name}`);
}
