import type { Options } from '@holdfast/core/plugin';

const TEXTS = { type: 'array', items: { type: 'string' }, maxItems: 4096 } as const;

/** What the caller's command line says of the runtime, whole. */
export const optionsSchema = {
  type: 'object',
  properties: {
    path: { type: 'string', pattern: '^/', description: 'The runtime binary.' },
    args: { ...TEXTS, description: 'Before the command.' },
    command: { enum: ['create', 'exec', 'restore'] },
    options: { ...TEXTS, description: 'Behind the command.' },
    target: {
      type: 'string',
      minLength: 1,
      maxLength: 1024,
      description: 'Id of the container that the runtime knows.',
    },
    terminal: { type: 'boolean' },
    passthrough: { type: 'boolean', description: "Its stderr is somebody else's: nothing of it can be read." },
    cwd: { type: 'string', pattern: '^/' },
    environment: { type: 'object', additionalProperties: { type: 'string' } },
  },
  required: ['path', 'args', 'command', 'options', 'target', 'terminal', 'passthrough', 'cwd', 'environment'],
  additionalProperties: false,
} as const;

export type RuntimeOptions = Options<typeof optionsSchema>;
