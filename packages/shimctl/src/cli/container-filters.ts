import type { ContainerDocument } from '@holdfast/core/client';
import { checkValues, parseFilters, passes, type Filters } from './filters.js';

/** Keys of `list --filter`. */
export const CONTAINER_KEYS = ['status', 'label', 'id', 'name', 'runtime', 'group'] as const;
export const STATUSES: readonly ContainerDocument['status'][] = [
  'creating',
  'created',
  'running',
  'paused',
  'stopped',
  'unknown',
];

/** A condition that the `--filter`s of `list` make. Throws SHIM_USAGE. */
export function containerFilter(texts: readonly string[]): (document: ContainerDocument) => boolean {
  const filters = parseFilters(texts, CONTAINER_KEYS);
  checkValues(filters, 'status', STATUSES);
  const labels = labelFilters(filters);
  return (document) =>
    passes(filters, 'status', (status) => document.status === status) &&
    passes(filters, 'id', (prefix) => document.id.startsWith(prefix)) &&
    passes(filters, 'name', (part) => document.id.includes(part)) &&
    passes(filters, 'runtime', (name) => document.runtime.name === name) &&
    passes(filters, 'group', (group) => document.shim.group === group) &&
    [...labels].every(([key, values]) => hasLabel(document, key, values));
}

/** By the label's key: one of the values must be there, or any if one is undefined. */
type LabelFilters = Map<string, (string | undefined)[]>;

function labelFilters(filters: Filters<(typeof CONTAINER_KEYS)[number]>): LabelFilters {
  const labels: LabelFilters = new Map();
  for (const text of filters.get('label') ?? []) {
    const end = text.indexOf('=');
    const key = end === -1 ? text : text.slice(0, end);
    labels.set(key, [...(labels.get(key) ?? []), end === -1 ? undefined : text.slice(end + 1)]);
  }
  return labels;
}

function hasLabel({ labels }: ContainerDocument, key: string, values: readonly (string | undefined)[]): boolean {
  return Object.hasOwn(labels, key) && values.some((value) => value === undefined || labels[key] === value);
}
