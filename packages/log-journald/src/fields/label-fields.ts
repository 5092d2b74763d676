import type { LoggedContainer } from '@holdfast/core/plugin';
import type { LabelChoice } from '../options/settings.js';
import type { Field } from './field.js';

/** Longest name that journald takes. */
const NAME_LIMIT = 64;
/** journald takes 1024 fields an entry, its own and the driver's among them. */
const FIELD_LIMIT = 900;

/** The fields of chosen labels, and the labels that can be none. */
export interface LabelFields {
  readonly fields: readonly Field[];
  /** A name without a letter, one that is the driver's own, a second one that becomes the same field, or too many. */
  readonly refused: readonly string[];
}

/** Labels go before annotations of the same name. `taken`: the driver's own fields, which no label replaces. */
export function labelFields(
  { labels, annotations }: Pick<LoggedContainer, 'labels' | 'annotations'>,
  { names, pattern }: LabelChoice,
  taken: (name: string) => boolean,
): LabelFields {
  const values = new Map([...Object.entries(annotations), ...Object.entries(labels)]);
  const chosen = [...values.keys()].filter((key) => names.includes(key) || pattern?.test(key) === true).sort();
  const fields = new Map<string, string>();
  const refused: string[] = [];
  for (const key of chosen) {
    const name = fieldName(key);
    if (name === '' || taken(name) || fields.has(name) || fields.size >= FIELD_LIMIT) refused.push(key);
    else fields.set(name, values.get(key)!);
  }
  return { fields: [...fields], refused };
}

/**
 * `com.example.role` becomes COM_EXAMPLE_ROLE, as docker has it. journald drops names that begin with a digit or are too long:
 * these get a LABEL_ before them, and are cut.
 */
export function fieldName(key: string): string {
  const name = key
    .replace(/[^A-Za-z0-9]/gu, '_')
    .toUpperCase()
    .replace(/^_+/, '');
  return (/^[0-9]/.test(name) ? `LABEL_${name}` : name).slice(0, NAME_LIMIT);
}
