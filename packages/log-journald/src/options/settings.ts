import { parseTag, ShimError, type TagTemplate } from '@holdfast/core/plugin';
import { messageOf } from '../system-error.js';
import type { JournaldOptions } from './schema.js';

/** Labels by name, and those that a pattern is found in. */
export interface LabelChoice {
  readonly names: readonly string[];
  readonly pattern: RegExp | undefined;
}

/** The options as the driver uses them. */
export interface Settings {
  readonly tag: TagTemplate;
  readonly labels: LabelChoice;
  /** Undefined: the journal of the system. */
  readonly namespace: string | undefined;
  readonly priorityPrefix: boolean;
  readonly keepNewline: boolean;
  readonly partialMarks: boolean;
}

/** Throws SHIM_CONFIG_INVALID that names the option. */
export function settingsOf(options: JournaldOptions): Settings {
  return {
    tag: parseTag(options.tag),
    labels: { names: namesOf(options.labels), pattern: patternOf(options.labelsRegex) },
    namespace: options.namespace,
    priorityPrefix: options.priorityPrefix,
    keepNewline: options.keepNewline ?? false,
    partialMarks: options.partialMarks ?? true,
  };
}

function namesOf(labels: JournaldOptions['labels']): readonly string[] {
  const names = typeof labels === 'string' ? labels.split(',') : (labels ?? []);
  return names.map((name) => name.trim()).filter((name) => name !== '');
}

function patternOf(labelsRegex: string | undefined): RegExp | undefined {
  try {
    return labelsRegex === undefined ? undefined : new RegExp(labelsRegex, 'u');
  } catch (error) {
    const message = `labelsRegex is no regular expression: ${messageOf(error)}`;
    throw new ShimError('SHIM_CONFIG_INVALID', message, { where: 'options.labelsRegex', cause: error });
  }
}
