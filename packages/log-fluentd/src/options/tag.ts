import { ShimError, TAG_FIELDS, type ContainerFacts, type TagField } from '@holdfast/core/plugin';

/** Text and the names of facts in turn. */
export type TagTemplate = readonly (string | { readonly fact: TagField })[];

/** Takes a template apart. Throws SHIM_CONFIG_INVALID that names the position, counted from 1. */
export function parseTag(template: string): TagTemplate {
  const parts: (string | { fact: TagField })[] = [];
  let at = 0;
  for (let open = template.indexOf('{{'); open >= 0; open = template.indexOf('{{', at)) {
    parts.push(template.slice(at, open));
    const close = template.indexOf('}}', open);
    if (close < 0) throw invalid(template, open, '"{{" is not closed by "}}"');
    parts.push({ fact: factNamed(template, open, close) });
    at = close + 2;
  }
  parts.push(template.slice(at));
  return parts.filter((part) => part !== '');
}

/** The tag of a container. */
export function renderTag(template: TagTemplate, facts: ContainerFacts): string {
  return template.map((part) => (typeof part === 'string' ? part : facts[part.fact])).join('');
}

function factNamed(template: string, open: number, close: number): TagField {
  const inside = template.slice(open + 2, close).trim();
  const known = TAG_FIELDS.find((name) => inside === `.${name}`);
  if (known !== undefined) return known;
  const meant = TAG_FIELDS.find((name) => inside.toLowerCase().replace(/^\.?/, '.') === `.${name}`.toLowerCase());
  const hint = meant === undefined ? '' : `; did you mean {{.${meant}}}?`;
  throw invalid(template, open, `unknown field ${JSON.stringify(inside)}${hint}`);
}

function invalid(template: string, at: number, what: string): ShimError {
  return new ShimError('SHIM_CONFIG_INVALID', `tag ${JSON.stringify(template)}, position ${at + 1}: ${what}`, {
    where: 'options.tag',
    remedy: `A tag is text with any of ${TAG_FIELDS.map((name) => `{{.${name}}}`).join(' ')}.`,
  });
}
