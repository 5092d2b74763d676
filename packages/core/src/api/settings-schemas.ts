import { configSchema } from '../config/config-schema.js';

const PROPERTIES = {
  logLevel: { enum: configSchema.properties.shim.properties.logLevel.enum },
  idleTimeoutMs: { type: 'integer', minimum: 0, maximum: 2 ** 31 - 1 },
} as const;

/** Schema of {@link ShimSettings}. */
export const SETTINGS = {
  type: 'object',
  additionalProperties: false,
  required: ['logLevel', 'idleTimeoutMs'],
  properties: PROPERTIES,
} as const;
