import { hostname } from 'node:os';
import { containerFacts, renderTag, type LoggedContainer } from '@holdfast/core/plugin';
import type { LabelChoice } from '../options/labels.js';
import type { Settings } from '../options/settings.js';

export type Attributes = Readonly<Record<string, string | number | boolean>>;

/** What all records of a container share, by OpenTelemetry's semantic conventions. The config's own attributes win. */
export function resourceAttributes(container: LoggedContainer, settings: Settings): Attributes {
  const facts = containerFacts(container);
  const image = facts.ImageName === '' ? {} : { 'container.image.name': facts.ImageName };
  return wellFormed({
    'service.name': renderTag(settings.serviceName, facts),
    'container.id': container.id,
    'container.name': facts.Name,
    ...image,
    'host.name': hostname(),
    'holdfast.namespace': container.namespace,
    ...labelAttributes(container, settings.labels),
    ...settings.resource,
  });
}

/** Labels go before annotations of the same name. */
function labelAttributes({ labels, annotations }: LoggedContainer, { names, pattern }: LabelChoice): Attributes {
  const all = new Map([...Object.entries(annotations), ...Object.entries(labels)]);
  const chosen = [...all].filter(([key]) => names.includes(key) || pattern?.test(key) === true);
  return Object.fromEntries(chosen.map(([key, value]) => [`container.label.${key}`, value]));
}

/** Protobuf's strings are UTF-8; JSON may hold halves of surrogate pairs, which are not. */
function wellFormed(attributes: Attributes): Attributes {
  const text = (value: string): string => Buffer.from(value).toString();
  const entries = Object.entries(attributes).map(
    ([key, value]) => [text(key), typeof value === 'string' ? text(value) : value] as const,
  );
  return Object.fromEntries(entries);
}
