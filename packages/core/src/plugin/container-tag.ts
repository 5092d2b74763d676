import { ShimError } from './shim-error.js';

/** What a tag can name, as docker's templates do, and the container's namespace. */
export const TAG_FIELDS = [
  'ID',
  'FullID',
  'Name',
  'Namespace',
  'ImageName',
  'ImageID',
  'ImageFullID',
  'DaemonName',
  'ContainerID',
  'ContainerName',
  'ContainerImageID',
  'ContainerImageName',
] as const;

export type TagField = (typeof TAG_FIELDS)[number];

/** Text and fields in turn. */
export type TagTemplate = readonly (string | { readonly field: TagField })[];

const REMEDY = `A tag is text with any of ${TAG_FIELDS.map((name) => `{{.${name}}}`).join(' ')}`;

/** Takes a template apart. Throws SHIM_CONFIG_INVALID that names the position, counted from 1. */
export function parseTag(template: string): TagTemplate {
  const parts: (string | { field: TagField })[] = [];
  let at = 0;
  for (let open = template.indexOf('{{'); open >= 0; open = template.indexOf('{{', at)) {
    if (open > at) parts.push(template.slice(at, open));
    const close = template.indexOf('}}', open);
    if (close < 0) throw invalid(template, open, '"{{" is not closed by "}}"');
    parts.push({ field: fieldOf(template, open + 2, close) });
    at = close + 2;
  }
  if (at < template.length) parts.push(template.slice(at));
  return parts;
}

/** The tag of a container. */
export function renderTag(template: TagTemplate, values: Readonly<Record<TagField, string>>): string {
  return template.map((part) => (typeof part === 'string' ? part : values[part.field])).join('');
}

function fieldOf(template: string, from: number, to: number): TagField {
  const inside = template.slice(from, to);
  const name = inside.trim();
  const at = from + (name === '' ? 0 : inside.indexOf(name));
  if (name === '') throw invalid(template, at, 'a field is missing between "{{" and "}}"');
  if (!name.startsWith('.'))
    throw invalid(template, at, `${JSON.stringify(name)} is no field; fields begin with a dot`);
  const field = TAG_FIELDS.find((known) => `.${known}` === name);
  if (field !== undefined) return field;
  const meant = TAG_FIELDS.find((known) => `.${known}`.toLowerCase() === name.toLowerCase());
  const hint = meant === undefined ? '' : `; did you mean {{.${meant}}}?`;
  throw invalid(template, at, `unknown field ${JSON.stringify(name)}${hint}`);
}

function invalid(template: string, at: number, what: string): ShimError {
  const message = `tag ${JSON.stringify(template)}, position ${at + 1}: ${what}`;
  return new ShimError('SHIM_CONFIG_INVALID', message, { where: 'options.tag', remedy: `${REMEDY}.` });
}
