import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ShimError } from '@holdfast/core/plugin';
import type { CliEnvironment } from './environment.js';
import { readRegular } from './process/read-file.js';

/** As the API has it. */
const MOST_LABELS = 256;
const KEY_CHARACTERS = 256;
const VALUE_CHARACTERS = 4_096;
const FILE_BYTES = 1 << 20;

/** Flags that say labels. */
export interface LabelOptions {
  readonly label?: readonly string[];
  readonly labelFile?: readonly string[];
}

/** The labels of a new container: those of files, then those of flags; a later one replaces an earlier one. Throws SHIM_USAGE. */
export async function readLabels(
  { label = [], labelFile = [] }: LabelOptions,
  { cwd }: Pick<CliEnvironment, 'cwd'>,
): Promise<Record<string, string>> {
  const labels = new Map<string, string>();
  for (const file of labelFile) await addFile(labels, resolve(cwd, file));
  for (const text of label) addLabel(labels, text, '--label');
  if (labels.size <= MOST_LABELS) return Object.fromEntries(labels);
  throw new ShimError('SHIM_USAGE', `there are ${labels.size} labels, over ${MOST_LABELS}`, { where: '--label' });
}

/** One label a line; empty lines and those that begin with # say nothing. */
async function addFile(labels: Map<string, string>, path: string): Promise<void> {
  const text = await readText(path);
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() !== '' && !line.startsWith('#')) addLabel(labels, line, `${path}:${index + 1}`);
  }
}

async function readText(path: string): Promise<string> {
  // O_NONBLOCK: a FIFO under this name must not hold us up.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((cause: unknown) => {
    throw new ShimError('SHIM_USAGE', `the label file cannot be read: ${(cause as Error).message}`, {
      where: path,
      cause,
    });
  });
  try {
    const text = await readRegular(file, FILE_BYTES);
    if (text !== undefined) return text;
    throw wrong(`the label file is not a regular file of at most ${FILE_BYTES} bytes`, path);
  } finally {
    await file.close();
  }
}

function addLabel(labels: Map<string, string>, text: string, where: string): void {
  const end = text.indexOf('=');
  const key = end === -1 ? text : text.slice(0, end);
  const value = end === -1 ? '' : text.slice(end + 1);
  const shown = JSON.stringify(key.slice(0, 40));
  if (key === '') throw wrong('a label has no key', where);
  // eslint-disable-next-line no-control-regex -- what is not allowed
  if (/[\u0000-\u001f\u007f-\u009f]/.test(key))
    throw wrong(`the label ${shown} has a control character in its key`, where);
  if (key.length > KEY_CHARACTERS)
    throw wrong(`the key of the label ${shown}… is over ${KEY_CHARACTERS} characters`, where);
  if (value.length > VALUE_CHARACTERS) {
    throw wrong(`the value of the label ${shown} is over ${VALUE_CHARACTERS} characters`, where);
  }
  if (key === '__proto__') throw wrong(`the label ${shown} is not allowed`, where);
  labels.set(key, value);
}

function wrong(message: string, where: string): ShimError {
  return new ShimError('SHIM_USAGE', message, { where, remedy: 'A label is written KEY=VALUE.' });
}
