import type { JSONSchema, Validate } from '@holdfast/core/config';

/**
 * Validators of the config and of the built-in plugins' options, by their schema. The build puts ready-made ones in the place
 * of this module; from source they are compiled when needed.
 */
export const CONFIG_VALIDATORS: readonly (readonly [JSONSchema, Validate])[] = [];
