import { build, type BuildResult } from '../../build.mjs';

/** The two builds of keeper and launcher that their tests run against. */
export const VARIANTS = ['release', 'asan'] as const;
export type Variant = (typeof VARIANTS)[number];

/** Paths of the built binaries. Building is skipped when they are up to date. */
export function binaries(variant: Variant): Omit<BuildResult, 'built'> {
  return build({ sanitize: variant === 'asan' });
}
