import { isAbsolute, relative, resolve } from 'node:path';
import { ShimError } from '@holdfast/core/plugin';
import type { Options } from '../command-line/options.js';

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

const NOTHING = new Set(['none', 'off', 'null']);
const FILE_FORMATS: Readonly<Record<string, string>> = { 'k8s-file': 'cri', 'json-file': 'json' };

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
    return fileChoice('cri', resolve(cwd, first), options);
  }
  const path = resolve(cwd, [second, ...more].join(':'));
  if (first === '') return fileChoice('cri', path, options);
  const format = FILE_FORMATS[first];
  if (format === undefined) throw unusable(`No such log driver ${first}`);
  return fileChoice(format, path, options);
}

function fileChoice(format: string, path: string, options: Options): LogChoice {
  const { logSizeMax, logRotate, logMaxFiles, logAllowed } = options;
  if (logAllowed.length > 0 && !logAllowed.some((directory) => isBelow(path, directory)))
    throw unusable(`the log ${path} lies below none of the directories that are allowed`);
  const maxFiles = logRotate ? Math.min(Math.max(1, logMaxFiles) + 1, 100) : 1;
  return { driver: 'file', options: { format, path, maxSize: logSizeMax ?? -1, maxFiles } };
}

function isBelow(path: string, directory: string): boolean {
  const between = relative(directory, path);
  return between !== '' && between !== '..' && !between.startsWith('../') && !isAbsolute(between);
}

function journaldOptions({ logTag, name, logLabels, id }: Options): Readonly<Record<string, unknown>> {
  const tag = [logTag, name, id.slice(0, 12)].find((text) => text !== undefined && text !== '');
  const labels = logLabels.map((label) => label.slice(0, Math.max(0, label.indexOf('='))));
  return { tag: escapeTag(tag ?? ''), ...(labels.length > 0 && { labels }), priorityPrefix: false };
}

/** It is no template of ours. */
function escapeTag(tag: string): string {
  return tag.replaceAll('{{', '{ {');
}

function unusable(message: string): ShimError {
  return new ShimError('SHIM_USAGE', message);
}
