import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PACKAGE = join(dirname(fileURLToPath(import.meta.url)), '..');

export const PACKAGE_FILE = join(PACKAGE, 'package.json');

/** The launcher of this platform. */
export function launcherPath(): string {
  return join(PACKAGE, 'launchers', `${process.platform}-${process.arch}`, 'containerd-shim-holdfast-v1');
}

/** The module that shimd loads. */
export function frontEndPath(): string {
  return join(PACKAGE, 'dist', 'front-end.cjs');
}

/** What the keeper runs. A test build can name another. */
export function shimdPath(environment: Readonly<Record<string, string | undefined>>): string {
  const named = environment['HOLDFAST_TEST_SHIMD'];
  if (named !== undefined) return named;
  return join(dirname(createRequire(import.meta.url).resolve('@holdfast/shimctl/package.json')), 'dist', 'shimd.cjs');
}
