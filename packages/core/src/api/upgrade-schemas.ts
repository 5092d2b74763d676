const TEXT = { type: 'string', maxLength: 4096 } as const;

/** Schema of an UpgradeRequest; as a whole it must fit into a packet to the keeper, which is seen there. */
export const UPGRADE = {
  type: 'object',
  additionalProperties: false,
  required: ['requestId', 'version', 'stateSchema', 'program', 'args', 'environment', 'force'],
  properties: {
    // The keeper keeps it.
    requestId: { type: 'string', minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9_.-]+$' },
    version: { type: 'string', minLength: 1, maxLength: 256 },
    stateSchema: { type: 'integer', minimum: 0 },
    program: { ...TEXT, pattern: '^/[^\\u0000]*$' },
    args: { type: 'array', maxItems: 64, items: { ...TEXT, pattern: '^[^\\u0000]*$' } },
    environment: {
      type: 'object',
      maxProperties: 64,
      propertyNames: { type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_]*$', maxLength: 256 },
      additionalProperties: { ...TEXT, pattern: '^[^\\u0000]*$' },
    },
    force: { type: 'boolean' },
  },
} as const;
