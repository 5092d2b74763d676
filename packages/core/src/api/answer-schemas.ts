import type { JSONSchema } from '../plugin/json-schema.js';
import { counters, output } from './counter-schemas.js';
import { SETTINGS } from './settings-schemas.js';
import { whole } from './whole.js';

const NAME = { type: 'string', minLength: 1, maxLength: 256 } as const;
const TIME = { type: 'string', format: 'date-time' } as const;
const MAYBE_TIME = { type: ['string', 'null'], format: 'date-time' } as const;
const PID = { type: 'integer', minimum: 0 } as const;
const COUNT = { type: 'integer', minimum: 0 } as const;
const EXIT_CODE = { type: ['integer', 'null'], minimum: 0, maximum: 255 } as const;
const SIGNAL = { type: ['string', 'null'], pattern: '^SIG[A-Z0-9+-]+$' } as const;
const TEXTS = { type: 'object', additionalProperties: { type: 'string' } } as const;
const OPEN = { type: 'object', additionalProperties: true } as const;

const error = whole(
  { code: NAME, message: { type: 'string' }, remedy: { type: 'string' } },
  { where: { type: 'string' } },
);
const SHIM = { pid: PID, keeperPid: PID, group: { type: 'string' } } as const;
const shim = whole(SHIM, { socket: { type: 'string' } });
const exit = whole({ exitCode: EXIT_CODE, signal: SIGNAL, exitedAt: TIME }, { timedOut: { type: 'boolean' } });
const lossCause = whole({
  stream: { enum: ['stdout', 'stderr', null] },
  reason: { type: 'string' },
  records: COUNT,
  bytes: COUNT,
});
const lostByDriver = whole(
  { records: COUNT, bytes: COUNT, reason: { type: 'string' } },
  { causes: { type: 'array', items: lossCause } },
);

const container = whole(
  {
    namespace: NAME,
    id: NAME,
    instance: { type: 'string' },
    status: { enum: ['creating', 'created', 'running', 'paused', 'stopped', 'unknown'] },
    pid: PID,
    createdAt: { anyOf: [TIME, { const: '' }] },
    startedAt: MAYBE_TIME,
    exitedAt: MAYBE_TIME,
    exitCode: EXIT_CODE,
    signal: SIGNAL,
    bundle: { type: 'string' },
    runtime: whole({
      name: { type: 'string' },
      plugin: { type: 'string' },
      version: { type: 'string' },
      path: { type: ['string', 'null'] },
    }),
    logs: {
      type: 'array',
      items: whole({
        driver: { type: 'string' },
        version: { type: 'string' },
        path: { type: ['string', 'null'] },
        options: OPEN,
      }),
    },
    logDirectory: { type: 'string' },
    shim,
    lost: whole({ records: COUNT, bytes: COUNT, byDriver: { type: 'object', additionalProperties: lostByDriver } }),
    annotations: TEXTS,
    labels: TEXTS,
    autoRemove: { type: 'boolean' },
    terminal: { type: 'boolean' },
    execs: { type: 'array', items: NAME },
    oomKilled: { type: 'boolean' },
    oomKills: COUNT,
    error: { anyOf: [error, { type: 'null' }] },
  },
  { counters },
);

const exec = whole({
  namespace: NAME,
  id: NAME,
  execId: NAME,
  status: { enum: ['created', 'running', 'stopped'] },
  pid: PID,
  exit: { anyOf: [exit, { type: 'null' }] },
});

const event = whole({
  cursor: COUNT,
  time: TIME,
  type: {
    enum: [
      'create',
      'start',
      'pause',
      'resume',
      'update',
      'kill',
      'stop',
      'oom',
      'exit',
      'drained',
      'delete',
      'exec-create',
      'exec-start',
      'exec-exit',
      'recovered',
      'shim-start',
      'log-lost',
      'log-reopen',
    ],
  },
  namespace: { type: 'string' },
  id: { type: 'string' },
  instance: { type: 'string' },
  group: NAME,
  attributes: { type: 'object', additionalProperties: { type: ['string', 'number', 'boolean', 'null'] } },
});

const process = whole({
  pid: PID,
  containerPid: PID,
  ppid: PID,
  uid: COUNT,
  state: { type: 'string' },
  cpuMs: COUNT,
  elapsedMs: COUNT,
  residentBytes: COUNT,
  name: { type: 'string' },
});

const NOTHING = { type: 'null' } as const;
const LIMIT = { type: ['integer', 'null'], minimum: 0 } as const;
const stats = whole(
  {
    namespace: NAME,
    id: NAME,
    instance: { type: 'string' },
    time: TIME,
    clockMs: { type: 'number' },
    cpu: { anyOf: [whole({ usageUs: COUNT, cpus: COUNT }), NOTHING] },
    memory: { anyOf: [whole({ usageBytes: COUNT, limitBytes: LIMIT, hostBytes: COUNT }), NOTHING] },
    pids: { anyOf: [whole({ current: COUNT, limit: LIMIT }), NOTHING] },
    blockIo: { anyOf: [whole({ readBytes: COUNT, writeBytes: COUNT }), NOTHING] },
    network: { anyOf: [whole({ receivedBytes: COUNT, sentBytes: COUNT }), NOTHING] },
  },
  { output },
);

/** Schemas of the answers of the control API; types as in `documents.ts`. Anything that isn't a 200 answers `error`. */
export const ANSWER_SCHEMAS = {
  version: whole(
    { version: { type: 'string' }, api: { const: 1 }, shim: whole(SHIM) },
    { restarts: COUNT, replacements: COUNT },
  ),
  container,
  containers: { type: 'array', items: container },
  exec,
  exit,
  processes: { type: 'array', items: process },
  stats,
  event,
  notifications: whole({
    cursor: { type: 'string' },
    messages: { type: 'array', items: { type: 'string' } },
    ready: { type: 'boolean' },
    ended: { type: 'boolean' },
  }),
  settings: whole({ before: SETTINGS, now: SETTINGS }),
  upgrade: whole({ result: { enum: ['upgraded', 'current'] }, version: { type: 'string' } }),
  nothing: { type: 'object', additionalProperties: false },
  error: whole({ error }),
} as const satisfies Record<string, JSONSchema>;

/** An answer that has a schema. */
export type AnswerName = keyof typeof ANSWER_SCHEMAS;
