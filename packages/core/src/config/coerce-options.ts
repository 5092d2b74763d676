import type { JSONSchema } from '../plugin/json-schema.js';
import { isObject } from './config-path.js';
import type { LogFlag } from './split-log-flag.js';

/** Options read from a flag; `problems` start with the key. */
export interface CoercedOptions {
  readonly options: Record<string, unknown>;
  readonly problems: readonly string[];
}

/** Reads the values of a flag as the types that the driver's schema gives its options; whether they fit is checked later. */
export function coerceOptions(flag: LogFlag, schema: JSONSchema): CoercedOptions {
  const values = new Map<string, unknown>();
  const problems: string[] = [];
  for (const [key, text] of flag.options) {
    const option = optionSchema(schema, key);
    const types = typesOf(option);
    if (key === '' || key === '__proto__') problems.push(`"${key}": not a key`);
    else if (types.includes('array'))
      values.set(key, [...toArray(values.get(key)), coerce(text ?? '', itemsOf(option))]);
    else if (values.has(key)) problems.push(`${key}: given twice`);
    else if (types.length === 1 && types[0] === 'object')
      problems.push(`${key}: an object can only be given in a config file`);
    else if (text !== undefined) values.set(key, coerce(text, option));
    else if (types.includes('boolean') || types.length === 0) values.set(key, true);
    else problems.push(`${key}: needs a value, ${key}=…`);
  }
  return { options: Object.fromEntries(values), problems };
}

function optionSchema(schema: JSONSchema, key: string): Record<string, unknown> {
  const properties = isObject(schema) ? schema['properties'] : undefined;
  const found = isObject(properties) && Object.hasOwn(properties, key) ? properties[key] : undefined;
  return isObject(found) ? found : {};
}

function coerce(text: string, schema: Record<string, unknown>): unknown {
  const types = typesOf(schema);
  const isNumber = types.includes('integer') || types.includes('number');
  if (isNumber && /^-?[0-9]+(\.[0-9]+)?$/.test(text) && Number.isFinite(Number(text))) return Number(text);
  if (types.includes('boolean') && (text === 'true' || text === 'false')) return text === 'true';
  if (types.includes('null') && text === 'null') return null;
  return text;
}

/** The types of "type", or those of the values that "enum" lists. */
function typesOf({ type, enum: values, const: only }: Record<string, unknown>): string[] {
  if (type !== undefined) return (Array.isArray(type) ? type : [type]).map(String);
  const listed: unknown[] = Array.isArray(values) ? values : only === undefined ? [] : [only];
  return [...new Set(listed.map((value) => (value === null ? 'null' : typeof value)))];
}

function itemsOf({ items }: Record<string, unknown>): Record<string, unknown> {
  return isObject(items) ? items : {};
}

function toArray(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
