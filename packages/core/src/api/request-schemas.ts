import type { JSONSchema } from '../plugin/json-schema.js';
import { RESOURCES } from './resources-schema.js';
import { SETTINGS } from './settings-schemas.js';
import { PRESERVED, UNIT_OPTIONS } from './unit-schemas.js';
import { UPGRADE } from './upgrade-schemas.js';

const ID = { type: 'string', minLength: 1, maxLength: 256 } as const;
const PATH = { type: 'string', pattern: '^/', maxLength: 4096 } as const;
const MILLISECONDS = { type: 'integer', minimum: 0, maximum: 2 ** 40 } as const;
const DEADLINE = { ...MILLISECONDS, minimum: 1 } as const;
const LABELS = {
  type: 'object',
  maxProperties: 256,
  propertyNames: { type: 'string', minLength: 1, maxLength: 256 },
  additionalProperties: { type: 'string', maxLength: 4096 },
} as const;
const CELLS = { type: 'integer', minimum: 0, maximum: 65535 } as const;
const SIZE = { rows: CELLS, columns: CELLS } as const;
const TERMINAL_SIZE = {
  type: 'object',
  additionalProperties: false,
  required: ['rows', 'columns'],
  properties: SIZE,
} as const;
const PLUGIN = {
  plugin: ID,
  path: { type: ['string', 'null'], maxLength: 4096 },
  version: { type: 'string', maxLength: 256 },
  options: { type: 'object' },
  secrets: { type: 'array', maxItems: 256, items: { type: 'string', pattern: '^/', maxLength: 4096 } },
} as const;

const TARGET = { type: 'string', minLength: 1, maxLength: 16_384 } as const;
/** What it may name is left to the parser, which says it in words. */
const FORWARD = {
  type: 'object',
  additionalProperties: false,
  properties: {
    stdin: TARGET,
    stdout: TARGET,
    stderr: TARGET,
    loggerEnvironment: {
      type: 'object',
      maxProperties: 256,
      propertyNames: { type: 'string', pattern: '^[^=\\0]+$', maxLength: 256 },
      additionalProperties: { type: 'string', pattern: '^[^\\0]*$', maxLength: 4096 },
    },
  },
} as const;
const BYTES = { type: 'integer', minimum: 0, maximum: 2 ** 50 } as const;
const DELIVERY = {
  queue: {
    type: 'object',
    additionalProperties: false,
    required: ['mode', 'bytes', 'blockTimeoutMs', 'spillBytes'],
    properties: {
      mode: { enum: ['block', 'drop-oldest', 'drop-newest'] },
      bytes: BYTES,
      blockTimeoutMs: MILLISECONDS,
      spillBytes: BYTES,
    },
  },
  isolate: { enum: ['none', 'thread', 'process'] },
} as const;
const output = {
  type: 'object',
  additionalProperties: false,
  required: ['maxRecord', 'partialDelayMs'],
  properties: {
    maxRecord: { type: 'integer', minimum: 1 << 10, maximum: 256 << 10 },
    partialDelayMs: MILLISECONDS,
    rateLimit: {
      type: 'object',
      additionalProperties: false,
      required: ['bytes', 'lines', 'burstMs', 'policy'],
      properties: { bytes: BYTES, lines: BYTES, burstMs: MILLISECONDS, policy: { enum: ['block', 'drop'] } },
    },
  },
} as const;

const config = {
  type: 'object',
  additionalProperties: false,
  required: ['runtime', 'logs', 'logDirectory', 'limits'],
  properties: {
    runtime: {
      type: 'object',
      additionalProperties: false,
      required: ['name', 'plugin', 'path', 'version', 'options'],
      properties: { name: ID, ...PLUGIN },
    },
    logs: {
      type: 'array',
      maxItems: 16,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['plugin', 'path', 'version', 'options'],
        properties: { ...PLUGIN, ...DELIVERY },
      },
    },
    logDirectory: PATH,
    limits: {
      type: 'object',
      additionalProperties: false,
      required: ['runtimeTimeoutMs', 'drainTimeoutMs', 'stopTimeoutMs', 'logTimeoutMs'],
      properties: {
        runtimeTimeoutMs: DEADLINE,
        drainTimeoutMs: MILLISECONDS,
        stopTimeoutMs: MILLISECONDS,
        logTimeoutMs: DEADLINE,
      },
    },
    output,
  },
} as const;

/** Schemas of the request bodies of the control API; types as in `documents.ts` and `shim-service.ts`. */
export const REQUEST_SCHEMAS = {
  create: {
    type: 'object',
    additionalProperties: false,
    required: ['requestId', 'namespace', 'id', 'bundle', 'config', 'stdin', 'autoRemove'],
    properties: {
      requestId: ID,
      // Left to the identifier check, which says it in words.
      namespace: { type: 'string' },
      id: { type: 'string' },
      bundle: PATH,
      config,
      stdin: { type: 'boolean' },
      autoRemove: { type: 'boolean' },
      pidFile: PATH,
      labels: LABELS,
      terminal: { type: 'boolean' },
      terminalSize: TERMINAL_SIZE,
      forward: FORWARD,
      ...UNIT_OPTIONS,
    },
  },
  configure: SETTINGS,
  upgrade: UPGRADE,
  start: { type: 'object', additionalProperties: false, required: ['requestId'], properties: { requestId: ID } },
  kill: {
    type: 'object',
    additionalProperties: false,
    required: ['requestId', 'signal'],
    properties: {
      requestId: ID,
      signal: { type: 'integer', minimum: 1, maximum: 64 },
      all: { type: 'boolean', default: false },
    },
  },
  resize: {
    type: 'object',
    additionalProperties: false,
    required: ['requestId', 'rows', 'columns'],
    properties: { requestId: ID, ...SIZE },
  },
  update: {
    type: 'object',
    additionalProperties: false,
    required: ['requestId', 'resources'],
    properties: { requestId: ID, resources: RESOURCES },
  },
  stop: {
    type: 'object',
    additionalProperties: false,
    required: ['requestId'],
    properties: { requestId: ID, timeoutMs: MILLISECONDS },
  },
  createExec: {
    type: 'object',
    additionalProperties: false,
    required: ['requestId', 'execId', 'process', 'stdin', 'detached'],
    properties: {
      requestId: ID,
      execId: { type: 'string' },
      process: { type: 'object' },
      stdin: { type: 'boolean' },
      timeoutMs: MILLISECONDS,
      detached: { type: 'boolean' },
      pidFile: PATH,
      terminalSize: TERMINAL_SIZE,
      retained: { type: 'boolean' },
      forward: FORWARD,
    },
  },
  startExec: {
    type: 'object',
    additionalProperties: false,
    required: ['requestId'],
    properties: { requestId: ID, preserveFds: PRESERVED },
  },
  killExec: {
    type: 'object',
    additionalProperties: false,
    required: ['requestId', 'signal'],
    properties: { requestId: ID, signal: { type: 'integer', minimum: 1, maximum: 64 } },
  },
} as const satisfies Record<string, JSONSchema>;

/** A body that has a schema. */
export type RequestName = keyof typeof REQUEST_SCHEMAS;
