import type { Written } from '../plugin/json-schema.js';

const DURATION = { type: 'string', pattern: '^[0-9]+(ms|s|m)$' } as const;
/** For deadlines by which nothing could be done in no time. */
const AT_LEAST_1_MS = { type: 'string', pattern: '^0*[1-9][0-9]*(ms|s|m)$' } as const;
/** What is blank names nothing. */
const PLUGIN = { type: 'string', pattern: '\\S' } as const;
const ID = { type: 'string', pattern: '^[A-Za-z0-9_][A-Za-z0-9_.+-]{0,127}$' } as const;
/** Bytes with a unit: powers of 1000, or with an i of 1024. */
const SIZE = { type: 'string', pattern: '^[0-9]{1,9}([kmg]i?)?b?$', examples: ['10m'] } as const;
const KEY = '(ctrl-[A-Za-z@[\\\\\\]^_]|[ -+.-~-])';
const OPTIONS = { type: 'object', description: "Options of the plugin, checked by the plugin's own schema." } as const;

const queueSchema = {
  type: 'object',
  additionalProperties: false,
  description:
    "What waits for the driver. One that writes local files has none, and must not be given one: output waits in the container's pipe.",
  properties: {
    mode: {
      enum: ['block', 'drop-oldest', 'drop-newest'],
      default: 'block',
      description:
        'When it is full: the container waits, or the oldest or the newest records are dropped, and counted.',
    },
    size: {
      ...SIZE,
      default: '1m',
      description: 'Bytes in memory, at least 4k, with what each record costs besides its own bytes.',
    },
    blockTimeout: {
      ...DURATION,
      default: '5s',
      description: 'With "block": how long the container waits for room; then records are dropped until there is some.',
    },
    spill: {
      ...SIZE,
      default: '0',
      description:
        'Bytes on disk, in the log directory, for what has no room in memory; at least 4k. They outlive shimd. 0: none.',
    },
  },
} as const;

const RATE = { type: 'integer', minimum: 0, maximum: 1_000_000_000_000, default: 0 } as const;

const outputSchema = {
  type: 'object',
  additionalProperties: false,
  default: {},
  description: 'How the output of containers is read.',
  properties: {
    maxRecord: {
      ...SIZE,
      examples: ['16ki'],
      default: '16ki',
      description: 'A longer line is cut into partial records of this size, 1ki to 256ki.',
    },
    partialDelay: {
      ...DURATION,
      default: '250ms',
      description: 'How long the beginning of a line waits for its end before it is passed on as a partial record.',
    },
    rateLimit: {
      type: 'object',
      additionalProperties: false,
      default: {},
      description: 'What a container may print in a second, both streams together.',
      properties: {
        bytes: { ...SIZE, default: '0', description: 'Bytes a second; 0: any number.' },
        lines: { ...RATE, description: 'Lines a second; 0: any number.' },
        burst: { ...DURATION, default: '1s', description: 'It may print what it left out in so much time, at once.' },
        policy: {
          enum: ['block', 'drop'],
          default: 'block',
          description:
            'Beyond: the container waits, or records are dropped, and counted. One that is to end (stop; kill with ABRT, INT, KILL, QUIT, TERM or its stop signal) waits no more until it has had limits.stopTimeout.',
        },
      },
    },
  },
} as const;

/** Schema of the config file, the options of plugins left open: each plugin's schema is checked at its place. */
export const configSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'holdfast config',
  type: 'object',
  additionalProperties: false,
  properties: {
    $schema: { type: 'string', description: 'Where an editor finds this schema.' },
    runtime: { ...PLUGIN, default: 'runc', description: 'The runtime to use: a key of "runtimes", or a plugin.' },
    runtimes: {
      type: 'object',
      default: {},
      description: 'Runtimes by name.',
      additionalProperties: {
        type: 'object',
        additionalProperties: false,
        properties: {
          plugin: {
            ...PLUGIN,
            description: 'Short name, package or path of the plugin; the name of the entry if left out.',
          },
          options: OPTIONS,
        },
      },
    },
    logs: {
      type: 'array',
      default: [{ driver: 'file' }],
      description: 'Log drivers, each gets everything; [] for none. `shimctl logs` reads through the first that can.',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['driver'],
        properties: {
          driver: { ...PLUGIN, description: 'Short name, package or path of the plugin.' },
          options: OPTIONS,
          queue: queueSchema,
          isolate: {
            enum: ['none', 'thread', 'process'],
            description:
              'Where the driver runs: in shimd ("none", as if left out), or in a thread or a process of its own, which is started again when it dies.',
          },
        },
      },
    },
    output: outputSchema,
    plugins: {
      type: 'array',
      default: [],
      description: 'Packages or paths of plugins that "runtimes" and "logs" name by their short name.',
      items: PLUGIN,
    },
    root: { type: 'string', pattern: '^/', default: '/run/holdfast', description: 'State and sockets.' },
    logRoot: {
      type: 'string',
      pattern: '^/',
      default: '/var/log/holdfast',
      description: 'Default logs, NS/ID below it; with another root than the default one and no logRoot, @TAG/NS/ID.',
    },
    namespace: { ...ID, default: 'default', description: 'Ids of containers are unique in it.' },
    group: { ...ID, default: 'default', description: 'Containers of one group share one shimd.' },
    detachKeys: {
      type: 'string',
      maxLength: 200,
      pattern: `^(${KEY}(,${KEY})*)?$`,
      default: 'ctrl-p,ctrl-q',
      description:
        'Keys that leave a process on a terminal: single characters or ctrl-X, with commas between them; "" for none.',
    },
    limits: {
      type: 'object',
      additionalProperties: false,
      default: {},
      description: 'Deadlines, in ms, s or m.',
      properties: {
        runtimeTimeout: { ...AT_LEAST_1_MS, default: '30s', description: 'Longest run of one runtime command.' },
        drainTimeout: { ...DURATION, default: '2s', description: 'Longest wait for the end of output after exit.' },
        stopTimeout: { ...DURATION, default: '10s', description: 'From TERM to KILL.' },
        logTimeout: { ...AT_LEAST_1_MS, default: '5s', description: 'Longest wait for one call of a log driver.' },
      },
    },
    containerd: {
      type: 'object',
      additionalProperties: false,
      default: {},
      description: "Tasks of containerd, by the config that containerd's own variables name: docs/containerd.md.",
      properties: {
        shimPer: {
          enum: ['node', 'namespace', 'pod'],
          default: 'node',
          description:
            'What one shim serves: all tasks of the node, those of one namespace of containerd, or those of one pod.',
        },
      },
    },
    shim: {
      type: 'object',
      additionalProperties: false,
      default: {},
      description: 'The shimd of a group; one that runs already learns of changes by `shimctl config reload`.',
      properties: {
        logLevel: {
          enum: ['trace', 'debug', 'info', 'warn', 'error', 'fatal'],
          default: 'info',
          description: 'How much shimd writes into its own log.',
        },
        idleTimeout: { ...DURATION, default: '2s', description: 'How long shimd stays after its last container.' },
      },
    },
  },
} as const;

/** A config file as written. */
export type ConfigDocument = Written<typeof configSchema>;
