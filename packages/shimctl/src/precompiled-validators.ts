import type { JSONSchema, Validate } from '@holdfast/core/config';

/** Validators made at build time, by their schema. Empty in a source checkout: there they are compiled when needed. */
export function precompiledValidators(): Iterable<readonly [JSONSchema, Validate]> {
  return [];
}
