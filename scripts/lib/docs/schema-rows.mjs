import { code } from './markdown.mjs';

/** What the patterns of the config's schema are called. */
const PATTERN_NAMES = {
  '^[0-9]+(ms|s|m)$': 'duration',
  '^0*[1-9][0-9]*(ms|s|m)$': 'duration, at least 1ms',
  '^/': 'absolute path',
  '^[A-Za-z0-9_][A-Za-z0-9_.+-]{0,127}$': 'name',
};

/** Rows `key, type, default, meaning` of an object schema and of what is inside its objects and arrays. */
export function schemaRows(schema, prefix = '') {
  const required = schema.required ?? [];
  const properties = Object.entries(schema.properties ?? {});
  return properties.flatMap(([name, property]) => {
    const key = prefix === '' ? name : `${prefix}.${name}`;
    const fallback = required.includes(name) && !('default' in property) ? 'must be given' : defaultOf(property);
    return [[code(key), typeOf(property), fallback, property.description ?? ''], ...rowsInside(property, key)];
  });
}

function rowsInside(property, key) {
  if (property.type === 'array' && property.items?.type === 'object') return schemaRows(property.items, `${key}[]`);
  const additional = property.additionalProperties;
  return [
    ...schemaRows(property, key),
    ...(typeof additional === 'object' ? schemaRows(additional, `${key}.NAME`) : []),
  ];
}

/** An object of nothing but defaults needs no default of its own in the table. */
function defaultOf(property) {
  const filledIn = property.type === 'object' && property.properties !== undefined;
  return !('default' in property) || filledIn ? '' : code(JSON.stringify(property.default));
}

function typeOf(property) {
  if (property.enum !== undefined) return property.enum.map((value) => code(JSON.stringify(value))).join(', ');
  const name = PATTERN_NAMES[property.pattern];
  if (name !== undefined) return name;
  const types = [property.type ?? 'anything'].flat().join(' or ');
  if (property.type === 'array' && property.items?.type !== undefined) return `array of ${itemsOf(property.items)}`;
  const { minimum, maximum } = property;
  if (minimum !== undefined && maximum !== undefined) return `${types}, ${minimum} to ${maximum}`;
  if (minimum !== undefined) return `${types}, at least ${minimum}`;
  return types;
}

function itemsOf(items) {
  return items.enum === undefined
    ? `${items.type}s`
    : items.enum.map((value) => code(JSON.stringify(value))).join(', ');
}
