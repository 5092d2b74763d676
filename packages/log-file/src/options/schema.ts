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
      enum: ['cri', 'k8s-file', 'json', 'raw'],
      default: 'cri',
      description:
        'cri: a line "TIME STREAM P|F TEXT" for each record. k8s-file: the same with times that end in +00:00, as conmon has it. json: a line {"log","stream","time"}, as docker\'s json-file. raw: the bytes as the container wrote them.',
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
    maxAge: {
      type: 'string',
      pattern: '^[0-9]{1,9}(s|m|h|d|w)$',
      description:
        'Age, such as "12h" or "7d" (s, m, h, d or w), at which a rotated file is removed and the current one is rotated, by its first record; looked at when the log is written, rotated or opened. Default and 0: none.',
    },
    maxTotal: {
      type: ['string', 'integer'],
      pattern: '^(-1|[0-9]{1,15}(\\.[0-9]{1,9})?[kKmMgGtT]?[bB]?)$',
      minimum: -1,
      examples: ['50m'],
      description:
        'Size of all files of the log together, as maxSize and at least that: the oldest are removed when there would be more. Default, 0 and -1: no limit.',
    },
    maxWritten: {
      type: 'integer',
      minimum: 1,
      description:
        'Bytes that are written in all, over all files: the first record that goes beyond is the last one, and the rest is dropped and counted as lost. The log itself says nothing of losses then. Default: no limit.',
    },
    whenFull: {
      enum: ['empty', 'replace'],
      description:
        'With maxFiles 1: a full file is emptied, or an empty one is put in its place, and who reads the old one keeps that. Default: empty.',
    },
    compress: {
      enum: [false, true, 'gzip', 'zstd'],
      default: false,
      description:
        'Rotated files are compressed in the background and called .1.gz or .1.zst and so on. true: gzip. zstd: needs Node 22.15, 23.8 or newer.',
    },
    sync: {
      type: 'string',
      pattern: '^(never|rotate|always|[0-9]{1,9}(ms|s|m|h))$',
      default: 'never',
      description:
        'When what was written is forced to the disk (fsync), so that a crash of the machine cannot take it: never (the kernel does it after a while), rotate (each file when it is left, and at the end), always (each batch, before it leaves the pipe), or at most so long after a write, such as "5s".',
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
