import { isObject, pathOfPointer, valueAt, type ConfigPath } from './config-path.js';
import type { JSONSchema } from '../plugin/json-schema.js';

/** What is shown in the place of a secret. */
export const HIDDEN = '********';

type Schema = Readonly<Record<string, unknown>>;

/** True if `schema`, or one above it on the way, marks the value at `path` with `writeOnly`. */
export function isSecret(schema: JSONSchema, path: ConfigPath): boolean {
  let here = together(schema, [schema]);
  for (const part of path) {
    if (here.some(isWriteOnly)) return true;
    here = together(
      schema,
      here.flatMap((each) => inside(each, part)),
    );
  }
  return here.some(isWriteOnly);
}

/** Pointers (RFC 6901) to the secrets in `value`, the outermost of each branch. */
export function secretsIn(schema: JSONSchema, value: unknown): string[] {
  return [...find(schema, [schema], value, '')];
}

/**
 * A copy of a plugin's options to show. What the schema does not allow is hidden too: it may be a secret under a misspelt name.
 * Without a schema all values are.
 */
export function hideSecrets(schema: JSONSchema | undefined, value: Readonly<Record<string, unknown>>): unknown {
  return schema === undefined ? hideAll(value) : hide(schema, [schema], value);
}

/** A copy of `value` without what stands at the pointers. */
export function hidePointers(
  value: Readonly<Record<string, unknown>>,
  pointers: readonly string[],
): Readonly<Record<string, unknown>> {
  if (pointers.length === 0) return value;
  const copy = structuredClone(value) as Record<string, unknown>;
  for (const pointer of pointers) {
    const path = pathOfPointer(copy, pointer);
    const last = path.pop();
    const parent = valueAt(copy, path) as Record<string | number, unknown> | undefined;
    if (last !== undefined && parent !== undefined && Object.hasOwn(parent, last)) parent[last] = HIDDEN;
  }
  return copy;
}

function* find(root: JSONSchema, schemas: unknown[], value: unknown, pointer: string): Generator<string> {
  const here = together(root, schemas);
  if (here.some(isWriteOnly)) yield pointer;
  else
    for (const [key, part] of partsOf(value)) {
      const next = here.flatMap((each) => inside(each, key));
      yield* find(root, next, part, `${pointer}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`);
    }
}

function hide(root: JSONSchema, schemas: unknown[], value: unknown): unknown {
  const here = together(root, schemas);
  if (here.some(isWriteOnly)) return HIDDEN;
  const part = (key: string | number, inner: unknown): unknown => {
    const next = here.map((each) => inside(each, key));
    return next.some((each) => each.includes(false)) ? HIDDEN : hide(root, next.flat(), inner);
  };
  if (Array.isArray(value)) return value.map((inner, index) => part(index, inner));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, part(key, inner)]));
}

function hideAll(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(hideAll);
  if (!isObject(value)) return HIDDEN;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, hideAll(inner)]));
}

function partsOf(value: unknown): [string | number, unknown][] {
  if (Array.isArray(value)) return [...value.entries()];
  return isObject(value) ? Object.entries(value) : [];
}

function isWriteOnly(schema: Schema): boolean {
  return schema['writeOnly'] === true;
}

/** The schemas that apply where `schemas` do: themselves, and what they refer to or are put together of. */
function together(root: JSONSchema, schemas: readonly unknown[]): Schema[] {
  const all = new Set<Schema>();
  const add = (schema: unknown): void => {
    if (!isObject(schema) || all.has(schema)) return;
    all.add(schema);
    for (const keyword of ['allOf', 'anyOf', 'oneOf']) if (Array.isArray(schema[keyword])) schema[keyword].forEach(add);
    for (const keyword of ['if', 'then', 'else']) add(schema[keyword]);
    const ref = schema['$ref'];
    if (typeof ref === 'string' && ref.startsWith('#'))
      add(valueAt(root, pathOfPointer(root, decodeURI(ref.slice(1)))));
  };
  schemas.forEach(add);
  return [...all];
}

/** What a schema says of the property or entry `key`: `[false]` if there must be none. */
function inside(schema: Schema, key: string | number): unknown[] {
  if (typeof key === 'number') {
    const first = Array.isArray(schema['prefixItems']) ? (schema['prefixItems'][key] as unknown) : undefined;
    return listed(first ?? schema['items']);
  }
  const { properties, patternProperties, additionalProperties } = schema;
  const found: unknown[] = [];
  if (isObject(properties) && Object.hasOwn(properties, key)) found.push(properties[key]);
  for (const [pattern, inner] of Object.entries(isObject(patternProperties) ? patternProperties : {}))
    if (new RegExp(pattern, 'u').test(key)) found.push(inner);
  return found.length > 0 ? found : listed(additionalProperties);
}

function listed(schema: unknown): unknown[] {
  return schema === undefined ? [] : [schema];
}
