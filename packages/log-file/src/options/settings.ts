import { isAbsolute, join, normalize } from 'node:path';
import { ShimError } from '@holdfast/core/plugin';
import { FORMATS } from '../formats.js';
import type { FileOptions } from './schema.js';
import { messageOf } from '../system-error.js';
import { parseSize } from './size.js';

/** The options as the driver uses them. */
export interface Settings {
  readonly path: string;
  readonly format: FileOptions['format'];
  /** Bytes; undefined: no rotation. */
  readonly maxSize: number | undefined;
  readonly maxFiles: number;
  readonly mode: number;
  readonly compress: boolean;
  /** Which labels of the container go into each record. */
  readonly labels: LabelChoice;
}

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
    mode: Number.parseInt(options.mode, 8),
    compress: options.compress,
    labels: { names: namesOf(options.labels), pattern: patternOf(options.labelsRegex) },
  };
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
