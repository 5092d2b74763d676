import { MAX_PRESERVED } from './unit-documents.js';

/** Numbers of descriptors. */
export const PRESERVED = {
  type: 'array',
  maxItems: MAX_PRESERVED,
  items: { type: 'integer', minimum: 0, maximum: 2 ** 31 - 1 },
} as const;

/** Schemas of the properties of `UnitOptions`. */
export const UNIT_OPTIONS = {
  preserveFds: PRESERVED,
  listenFds: {
    type: 'object',
    additionalProperties: false,
    required: ['count'],
    properties: {
      count: { type: 'integer', minimum: 1, maximum: MAX_PRESERVED },
      names: { type: 'string', maxLength: 4096 },
    },
  },
  withUnit: { type: 'boolean' },
  notify: {
    type: 'object',
    additionalProperties: false,
    properties: {
      relayTo: { type: 'string', pattern: '^[/@]', maxLength: 107 },
      watchdogUsec: { type: 'string', pattern: '^[0-9]{1,20}$' },
    },
  },
} as const;
