import type { Options } from '@holdfast/core/plugin';

/** Options of the driver `file`. */
export const optionsSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    path: {
      type: 'string',
      pattern: '^/',
      maxLength: 4000,
      description: 'Absolute path of the log file. Default: container.log in the log directory of the container.',
    },
    format: {
      enum: ['cri', 'raw'],
      default: 'cri',
      description: 'cri: a line "TIME STREAM P|F TEXT" for each record. raw: the bytes as the container wrote them.',
    },
    maxSize: {
      type: ['string', 'integer'],
      pattern: '^(-1|[0-9]{1,15}(\\.[0-9]{1,9})?[kKmMgGtT]?[bB]?)$',
      minimum: -1,
      default: '10m',
      description:
        'Size at which the file is rotated: bytes, or a number with k, m, g or t (powers of 1000). 0 and -1: never.',
    },
    maxFiles: {
      type: 'integer',
      minimum: 1,
      maximum: 100,
      default: 5,
      description: 'Files kept, the current one included. 1: the file is emptied when it is full.',
    },
    mode: {
      type: 'string',
      pattern: '^0?[0-7]{3}$',
      default: '0640',
      description: 'Permissions of a new log file, octal.',
    },
  },
} as const;

/** What a config may say, with defaults filled in. */
export type FileOptions = Options<typeof optionsSchema>;
