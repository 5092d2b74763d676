import type { JSONSchema } from '../plugin/json-schema.js';
import { isObject, pathOfPointer, valueAt, type ConfigPath } from './config-path.js';
import { didYouMean } from './did-you-mean.js';
import { exampleOf, patternWords } from './pattern-words.js';
import { HIDDEN, isSecret } from './secrets.js';
import type { SchemaFinding } from './validators.js';

/** What is wrong at one place of a document. */
export interface Problem {
  readonly path: ConfigPath;
  /** Whether the key or the value is wrong. */
  readonly at: 'key' | 'value';
  readonly text: string;
}

/** The finding in words, or undefined if others say more. `schema` and `data` are those the validator had. */
export function describeFinding(finding: SchemaFinding, schema: JSONSchema, data: unknown): Problem | undefined {
  const path = pathOfPointer(data, finding.instancePath);
  const value = valueAt(data, path);
  const around = schemaAround(schema, finding.schemaPath);
  const { params, keyword } = finding;
  const secret = isSecret(schema, path);
  const shown = secret ? HIDDEN : show(value);
  const wrong = (text: string): Problem => ({ path, at: 'value', text });
  switch (keyword) {
    case 'if':
      return undefined;
    case 'additionalProperties':
    case 'unevaluatedProperties': {
      const key = String(params['additionalProperty'] ?? params['unevaluatedProperty']);
      const keys = Object.keys(isObject(around['properties']) ? around['properties'] : {});
      return { path: [...path, key], at: 'key', text: `unknown key${didYouMean(key, keys)}` };
    }
    case 'required':
      return wrong(`missing key "${String(params['missingProperty'])}"`);
    case 'type':
      return wrong(
        `must be ${typeWords(params['type'])}${exampleOf(around)}, is ${actualType(value, secret ? undefined : params['type'])}`,
      );
    case 'enum':
      return wrong(
        `must be one of ${list(params['allowedValues'])}, is ${shown}${secret ? '' : suggest(value, params)}`,
      );
    case 'const':
      return wrong(`must be ${show(params['allowedValue'])}, is ${shown}`);
    case 'pattern':
      return wrong(`${shown} ${patternWords(around, String(params['pattern']))}`);
    default:
      return wrong(`${finding.message ?? `fails "${keyword}"`}${isScalar(value) ? `, is ${shown}` : ''}`);
  }
}

/** The schema object that holds the keyword at `pointer`; an empty one if it can't be found. */
function schemaAround(schema: JSONSchema, pointer: string): Record<string, unknown> {
  const found = valueAt(schema, pathOfPointer(schema, decodeURI(pointer.replace(/^[^#]*#/, ''))).slice(0, -1));
  return isObject(found) ? found : {};
}

function typeWords(types: unknown): string {
  return (Array.isArray(types) ? types : [types]).map((type) => withArticle(String(type))).join(' or ');
}

function withArticle(type: string): string {
  if (type === 'null') return type;
  return `${/^[aio]/.test(type) ? 'an' : 'a'} ${type}`;
}

function actualType(value: unknown, expected: unknown): string {
  if (typeof value === 'number' && expected === 'integer') return String(value);
  if (value === null) return 'null';
  return withArticle(Array.isArray(value) ? 'array' : typeof value);
}

function isScalar(value: unknown): boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

function suggest(value: unknown, params: SchemaFinding['params']): string {
  const allowed = Array.isArray(params['allowedValues']) ? params['allowedValues'] : [];
  return typeof value === 'string' ? didYouMean(value, allowed.map(String)) : '';
}

function list(values: unknown): string {
  return Array.isArray(values) ? values.map(show).join(', ') : '';
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'missing';
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
