import { build } from '../../build.mjs';

/** The two builds of the keeper that its tests run against. */
export const VARIANTS = ['release', 'asan'] as const;
export type Variant = (typeof VARIANTS)[number];

/** Paths of the built binaries. Building is skipped when they are up to date. */
export function binaries(variant: Variant): { readonly addon: string; readonly keeper: string } {
  return build({ sanitize: variant === 'asan' });
}
