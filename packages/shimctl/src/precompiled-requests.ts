import type { JSONSchema, Validate } from '@holdfast/core/config';

/** Validators of the control API's requests; see `precompiled-config.ts`. */
export const REQUEST_VALIDATORS: readonly (readonly [JSONSchema, Validate])[] = [];
