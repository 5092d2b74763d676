/** The largest number that JSON keeps. */
const COUNT = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER } as const;
/** -1: no limit. */
const LIMIT = { ...COUNT, minimum: -1 } as const;
const SET = { type: 'string', maxLength: 1024, pattern: '^[0-9,-]*$' } as const;
const WEIGHT = { type: 'integer', minimum: 0, maximum: 1000 } as const;
const LIST = { type: 'array', maxItems: 256, items: { type: 'object' } } as const;

/**
 * The `linux.resources` of the OCI runtime specification 1.1: its shape. Whether values make sense together, and on this host, is said by
 * the runtime. `devices` is left out: no runtime changes them for a running container.
 */
export const RESOURCES = {
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  properties: {
    memory: {
      type: 'object',
      additionalProperties: false,
      properties: {
        limit: LIMIT,
        reservation: LIMIT,
        swap: LIMIT,
        kernel: LIMIT,
        kernelTCP: LIMIT,
        swappiness: { type: 'integer', minimum: 0, maximum: 100 },
        disableOOMKiller: { type: 'boolean' },
        useHierarchy: { type: 'boolean' },
        checkBeforeUpdate: { type: 'boolean' },
      },
    },
    cpu: {
      type: 'object',
      additionalProperties: false,
      properties: {
        shares: COUNT,
        quota: LIMIT,
        burst: COUNT,
        period: COUNT,
        realtimeRuntime: LIMIT,
        realtimePeriod: COUNT,
        cpus: SET,
        mems: SET,
        idle: { type: 'integer', minimum: 0, maximum: 1 },
      },
    },
    pids: { type: 'object', additionalProperties: false, required: ['limit'], properties: { limit: LIMIT } },
    blockIO: {
      type: 'object',
      additionalProperties: false,
      properties: {
        weight: WEIGHT,
        leafWeight: WEIGHT,
        weightDevice: LIST,
        throttleReadBpsDevice: LIST,
        throttleWriteBpsDevice: LIST,
        throttleReadIOPSDevice: LIST,
        throttleWriteIOPSDevice: LIST,
      },
    },
    hugepageLimits: LIST,
    network: { type: 'object' },
    rdma: { type: 'object' },
    unified: { type: 'object', maxProperties: 256, additionalProperties: { type: 'string', maxLength: 4096 } },
  },
} as const;
