import type { LoggedContainer } from '@holdfast/core/plugin';
import type { LabelChoice } from '../options/settings.js';

/** Names that only the driver gives: labels can't. */
const OWN = /^(container_id|container_name|source|log|partial_(message|id|ordinal|last)|holdfast_.*)$/s;

/** The chosen labels, and those of them that would take the place of a field of the driver. */
export interface LabelFields {
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly refused: readonly string[];
}

/** Labels go before annotations of the same name. */
export function labelFields(
  { labels, annotations }: Pick<LoggedContainer, 'labels' | 'annotations'>,
  { names, pattern }: LabelChoice,
): LabelFields {
  const values = new Map([...Object.entries(annotations), ...Object.entries(labels)]);
  const chosen = [...values].filter(([name]) => names.includes(name) || pattern?.test(name) === true).sort(byName);
  return {
    fields: chosen.filter(([name]) => !OWN.test(name)),
    refused: chosen.map(([name]) => name).filter((name) => OWN.test(name)),
  };
}

function byName([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : 1;
}
