import { isAbsolute, join, normalize } from 'node:path';
import { ShimError } from '@holdfast/core/plugin';
import { FORMATS } from '../formats.js';
import { messageOf } from '../system-error.js';
import { zstd } from '../compression/zstd.js';
import { parseAge } from './age.js';
import type { FileOptions } from './schema.js';
import { parseSize } from './size.js';
import { syncOf, type SyncPolicy } from './sync-policy.js';

/** The options as the driver uses them. */
export interface Settings {
  readonly path: string;
  readonly format: FileOptions['format'];
  /** Bytes; undefined: no rotation. */
  readonly maxSize: number | undefined;
  readonly maxFiles: number;
  /** Nanoseconds; undefined: no limit. */
  readonly maxAge: bigint | undefined;
  /** Bytes; undefined: no limit. */
  readonly maxTotal: number | undefined;
  /** Bytes; undefined: no limit. */
  readonly maxWritten: number | undefined;
  /** A full file, if it is the only one, makes room for another. */
  readonly replaces: boolean;
  readonly mode: number;
  /** Undefined: rotated files stay as they are. */
  readonly compress: Compression | undefined;
  readonly sync: SyncPolicy;
  /** Which labels of the container go into each record. */
  readonly labels: LabelChoice;
}

/** How rotated files are compressed. */
export type Compression = 'gzip' | 'zstd';

/** Labels by name, and those that a pattern is found in. */
export interface LabelChoice {
  readonly names: readonly string[];
  readonly pattern: RegExp | undefined;
}

/** Throws SHIM_CONFIG_INVALID that names the option. */
export function settingsOf(options: FileOptions, directory: string): Settings {
  const path = options.path ?? join(directory, 'container.log');
  if (!isAbsolute(path) || path.endsWith('/') || path.includes('\0')) {
    throw invalid('path', `path must be the absolute path of a file: ${JSON.stringify(path)}`);
  }
  if (!/^0?[0-7]{3}$/.test(options.mode)) {
    throw invalid('mode', `mode must be octal, such as "0640": ${JSON.stringify(options.mode)}`);
  }
  refuseLabels(options);
  return {
    path: normalize(path),
    format: options.format,
    maxSize: parseSize(options.maxSize, 'maxSize'),
    maxFiles: options.maxFiles,
    maxAge: options.maxAge === undefined ? undefined : parseAge(options.maxAge, 'maxAge') || undefined,
    maxTotal: maxTotalOf(options),
    maxWritten: options.maxWritten,
    replaces: options.whenFull === 'replace',
    mode: Number.parseInt(options.mode, 8),
    compress: compressionOf(options.compress),
    sync: syncOf(options.sync),
    labels: { names: namesOf(options.labels), pattern: patternOf(options.labelsRegex) },
  };
}

/** Throws if the current file alone may be larger. */
function maxTotalOf({ maxTotal, maxSize }: FileOptions): number | undefined {
  const total = maxTotal === undefined ? undefined : parseSize(maxTotal, 'maxTotal');
  const size = parseSize(maxSize, 'maxSize');
  if (total === undefined || (size !== undefined && size <= total)) return total;
  const limit = size === undefined ? 'without a maxSize' : `and a maxSize of ${maxSize}`;
  throw new ShimError(
    'SHIM_CONFIG_INVALID',
    `maxTotal: with ${maxTotal} in all ${limit} the current file alone may be more`,
    {
      where: 'options.maxTotal',
      remedy: 'Set "maxSize" to a part of maxTotal, such as a fifth of it, or maxTotal to more.',
    },
  );
}

function compressionOf(compress: FileOptions['compress']): Compression | undefined {
  if (compress === false) return undefined;
  const compression = compress === true ? 'gzip' : compress;
  if (compression === 'gzip' || zstd() !== undefined) return compression;
  throw new ShimError('SHIM_CONFIG_INVALID', `compress: Node ${process.versions.node} has no zstd`, {
    where: 'options.compress',
    remedy: 'Set "compress": "gzip", or run holdfast with Node 22.15, 23.8, 24 or newer.',
  });
}

/** They would be left out of every record without a word. */
function refuseLabels(options: FileOptions): void {
  if (FORMATS[options.format].keepsLabels) return;
  const option = (['labels', 'labelsRegex'] as const).find((name) => options[name] !== undefined);
  if (option === undefined) return;
  throw new ShimError('SHIM_CONFIG_INVALID', `${option}: the format ${options.format} has no place for labels`, {
    where: `options.${option}`,
    remedy: `Set "format": "json", or leave ${option} out.`,
  });
}

function namesOf(labels: FileOptions['labels']): readonly string[] {
  const names = typeof labels === 'string' ? labels.split(',') : (labels ?? []);
  return names.map((name) => name.trim()).filter((name) => name !== '');
}

function patternOf(labelsRegex: string | undefined): RegExp | undefined {
  try {
    return labelsRegex === undefined ? undefined : new RegExp(labelsRegex, 'u');
  } catch (error) {
    throw invalid('labelsRegex', `labelsRegex is no regular expression: ${messageOf(error)}`);
  }
}

function invalid(option: string, message: string): ShimError {
  return new ShimError('SHIM_CONFIG_INVALID', message, { where: `options.${option}` });
}
