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
      description:
        'Absolute path of the log file, which has one writer at a time. Default: container.log in the log directory of the container.',
    },
    format: {
      enum: ['cri', 'json', 'raw'],
      default: 'cri',
      description:
        'cri: a line "TIME STREAM P|F TEXT" for each record. json: a line {"log","stream","time"}, as docker\'s json-file. raw: the bytes as the container wrote them.',
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
    compress: {
      type: 'boolean',
      default: false,
      description: 'Rotated files are compressed with gzip, in the background, and called .1.gz and so on.',
    },
    labels: {
      type: ['array', 'string'],
      items: { type: 'string', minLength: 1, maxLength: 256 },
      maxItems: 256,
      maxLength: 4096,
      description:
        'With json alone: labels of the container that become "attrs" of each record. Names, or one string with commas between them.',
    },
    labelsRegex: {
      type: 'string',
      minLength: 1,
      maxLength: 1024,
      description:
        'With json alone: a regular expression; labels whose names it is found in become "attrs" of each record.',
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
