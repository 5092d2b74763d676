import type { JSONSchema } from '../plugin/json-schema.js';

/** A schema of an object whose properties are all there, but for those of `optional`. */
export function whole<
  P extends Record<string, JSONSchema>,
  O extends Record<string, JSONSchema> = Record<never, never>,
>(properties: P, optional?: O): JSONSchema {
  return {
    type: 'object',
    additionalProperties: false,
    required: Object.keys(properties),
    properties: { ...properties, ...optional },
  };
}
