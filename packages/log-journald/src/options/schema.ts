import type { Options } from '@holdfast/core/plugin';

/** Options of the driver `journald`. */
export const optionsSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    tag: {
      type: 'string',
      minLength: 1,
      maxLength: 1024,
      default: '{{.ID}}',
      description: 'Template of CONTAINER_TAG and SYSLOG_IDENTIFIER, as with docker: {{.Name}}/{{.ID}}.',
    },
    labels: {
      type: ['array', 'string'],
      items: { type: 'string', minLength: 1, maxLength: 256 },
      maxItems: 256,
      maxLength: 4096,
      description:
        'Labels and annotations of the container that become fields. Names, or one string with commas between them.',
    },
    labelsRegex: {
      type: 'string',
      minLength: 1,
      maxLength: 1024,
      description: 'A regular expression; labels and annotations whose names it is found in become fields.',
    },
    namespace: {
      type: 'string',
      pattern: '^[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}$',
      description: 'Journal namespace (systemd-journald@NAME). Default: the journal of the system.',
    },
    keepNewline: {
      type: 'boolean',
      description: 'MESSAGE of a whole line ends in its newline, as with conmon. Default: false.',
    },
    partialMarks: {
      type: 'boolean',
      description: 'Pieces of a long line say so in CONTAINER_PARTIAL_MESSAGE. Default: true.',
    },
    priorityPrefix: {
      type: 'boolean',
      default: false,
      description: 'A line that begins with <0> to <7> is logged with that priority, without the prefix.',
    },
  },
} as const;

/** What a config may say, with defaults filled in. */
export type JournaldOptions = Options<typeof optionsSchema>;
