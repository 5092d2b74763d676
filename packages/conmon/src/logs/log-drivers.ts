import { resolve } from 'node:path';
import { ShimError } from '@holdfast/core/plugin';
import type { Options } from '../command-line/options.js';
import { allowedPath } from './allowed-path.js';

/** A log driver of holdfast, and its options. */
export interface LogChoice {
  readonly driver: 'file' | 'journald';
  readonly options: Readonly<Record<string, unknown>>;
}

/** What `--log-path` asks for. */
export interface LogChoices {
  /** The process gets the caller's own stdio. */
  readonly passthrough: boolean;
  readonly logs: readonly LogChoice[];
}

const MOST_FILES = 100;
const NOWHERE = '/dev/null';
const NOTHING = new Set(['none', 'off', 'null']);
const FILE_FORMATS: Readonly<Record<string, string>> = { 'k8s-file': 'k8s-file', 'json-file': 'json' };

/** Reads all `--log-path`. Throws SHIM_USAGE in conmon's words. */
export function logChoices(options: Options, cwd: string): LogChoices {
  if (options.logs.length === 0) throw unusable('Log driver not provided. Use --log-path');
  const read = options.logs.map((text) => choiceOf(text, options, cwd));
  const passthrough = read.includes('passthrough');
  if (passthrough && read.length > 1) throw unusable('passthrough can be no log driver beside others');
  return { passthrough, logs: read.filter((choice) => typeof choice !== 'string') };
}

function choiceOf(text: string, options: Options, cwd: string): LogChoice | 'none' | 'passthrough' {
  if (text === '') throw unusable('log-path must not be empty');
  const [first = '', second, ...more] = text.split(':');
  if (second === undefined || second === '') {
    if (NOTHING.has(first)) return 'none';
    if (first === 'passthrough') return 'passthrough';
    if (first === 'journald') return { driver: 'journald', options: journaldOptions(options) };
    if (first in FILE_FORMATS) throw unusable(`${first} requires a filename`);
    return fileChoice('k8s-file', resolve(cwd, first), options);
  }
  const path = resolve(cwd, [second, ...more].join(':'));
  if (first === '') return fileChoice('k8s-file', path, options);
  const format = FILE_FORMATS[first];
  if (format === undefined) throw unusable(`No such log driver ${first}`);
  return fileChoice(format, path, options);
}

function fileChoice(format: string, asked: string, options: Options): LogChoice | 'none' {
  if (asked === NOWHERE) return 'none';
  const { logSizeMax, logGlobalSizeMax, logRotate, logMaxFiles, logAllowed, syncLog } = options;
  const path = logAllowed.length === 0 ? asked : allowedPath(asked, logAllowed);
  const rotation = logRotate
    ? { maxFiles: Math.min(Math.max(1, logMaxFiles) + 1, MOST_FILES) }
    : { maxFiles: 1, whenFull: 'replace' };
  const limits = { maxSize: logSizeMax ?? -1, ...(logGlobalSizeMax !== undefined && { maxWritten: logGlobalSizeMax }) };
  return { driver: 'file', options: { format, path, ...limits, ...rotation, sync: syncLog ? 'rotate' : 'never' } };
}

function journaldOptions({
  logTag,
  name,
  logLabels,
  id,
  noPartialMessage,
}: Options): Readonly<Record<string, unknown>> {
  const tag = [logTag, name, id.slice(0, 12)].find((text) => text !== undefined && text !== '');
  const labels = logLabels.map((label) => label.slice(0, Math.max(0, label.indexOf('=')))).filter((key) => key !== '');
  const marks = { keepNewline: true, partialMarks: !noPartialMessage, priorityPrefix: false };
  return { tag: escapeTag(tag ?? ''), ...(labels.length > 0 && { labels }), ...marks };
}

/** It is no template of ours. */
function escapeTag(tag: string): string {
  return tag.replaceAll('{{', '{ {');
}

function unusable(message: string): ShimError {
  return new ShimError('SHIM_USAGE', message);
}
