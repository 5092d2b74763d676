import type { EventDocument, EventType } from '@holdfast/core/client';
import { checkValues, parseFilters, passes } from './filters.js';

/** Keys of `events --filter`. */
export const EVENT_KEYS = ['type', 'id', 'namespace', 'group'] as const;
export const TYPES: Readonly<Record<EventType, true>> = {
  create: true,
  start: true,
  pause: true,
  resume: true,
  update: true,
  kill: true,
  stop: true,
  oom: true,
  exit: true,
  drained: true,
  delete: true,
  'exec-create': true,
  'exec-start': true,
  'exec-exit': true,
  recovered: true,
  'shim-start': true,
  'log-lost': true,
  'log-reopen': true,
};

/** A condition that the `--filter`s of `events` make. Throws SHIM_USAGE. */
export function eventFilter(texts: readonly string[]): (event: EventDocument) => boolean {
  const filters = parseFilters(texts, EVENT_KEYS);
  checkValues(filters, 'type', Object.keys(TYPES));
  return (event) =>
    passes(filters, 'type', (type) => event.type === type) &&
    passes(filters, 'id', (id) => event.id === id) &&
    passes(filters, 'namespace', (namespace) => event.namespace === namespace) &&
    passes(filters, 'group', (group) => event.group === group);
}
