import { createRequire } from 'node:module';

/** Absolute path of the keeper's binary. */
export function keeperPath(): string {
  const require = createRequire(import.meta.url);
  return require.resolve(`@holdfast/native/prebuilds/${process.platform}-${process.arch}/holdfast-keeper`);
}
