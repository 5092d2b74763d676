import { invalid } from './invalid.js';
import type { OtlpOptions } from './schema.js';

/** Labels by name, and those that a pattern is found in. */
export interface LabelChoice {
  readonly names: readonly string[];
  readonly pattern: RegExp | undefined;
}

/** Throws SHIM_CONFIG_INVALID for a pattern that is none. */
export function labelChoice({ labels, labelsRegex }: Pick<OtlpOptions, 'labels' | 'labelsRegex'>): LabelChoice {
  const names = typeof labels === 'string' ? labels.split(',') : (labels ?? []);
  return { names: names.map((name) => name.trim()).filter((name) => name !== ''), pattern: patternOf(labelsRegex) };
}

function patternOf(labelsRegex: string | undefined): RegExp | undefined {
  try {
    return labelsRegex === undefined ? undefined : new RegExp(labelsRegex, 'u');
  } catch (error) {
    throw invalid('labelsRegex', `is no regular expression: ${(error as Error).message}`);
  }
}
