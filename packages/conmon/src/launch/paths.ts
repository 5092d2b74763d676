import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PACKAGE = join(dirname(fileURLToPath(import.meta.url)), '..');

export const PACKAGE_FILE = join(PACKAGE, 'package.json');

/** The module that shimd loads, and the plugin that it runs others' command lines with. */
export const FRONT_END_PATH = join(PACKAGE, 'dist', 'front-end.cjs');
export const RUNTIME_PATH = join(PACKAGE, 'dist', 'runtime.cjs');

/** The launcher of this platform. */
export function launcherPath(): string {
  return join(PACKAGE, 'launchers', `${process.platform}-${process.arch}`, 'holdfast-conmon');
}

/** What the keeper runs. A test build can name another. */
export function shimdPath(environment: Readonly<Record<string, string | undefined>>): string {
  const named = environment['HOLDFAST_TEST_SHIMD'];
  if (named !== undefined) return named;
  return join(dirname(createRequire(import.meta.url).resolve('@holdfast/shimctl/package.json')), 'dist', 'shimd.cjs');
}
