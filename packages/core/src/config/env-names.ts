import { isObject, type ConfigPath } from './config-path.js';
import { configSchema } from './config-schema.js';
import { nearest } from './did-you-mean.js';

const PREFIX = 'HOLDFAST_';
/** Variables with another meaning: the config's file, the keeper's binary, what the launcher goes by, and those of tests. */
const OTHERS = /^HOLDFAST_(CONFIG|KEEPER|NODE|LAUNCHER_.*|FAULT.*|TEST_.*)$/;
/** `logs` is written as the flag `--log` is. */
const LOG = 'HOLDFAST_LOG';

/** A variable that sets one setting. */
export interface EnvSetting {
  readonly name: string;
  readonly path: ConfigPath;
  /** `list`: texts, separated by `;`. `logs`: what `--log` takes, separated by `;`. */
  readonly kind: 'text' | 'list' | 'logs';
}

/** One variable for each setting that is a text, for "plugins" and for "logs". */
export const ENV_SETTINGS: readonly EnvSetting[] = [...settingsOf(configSchema, [])];

function* settingsOf(schema: unknown, path: ConfigPath): Generator<EnvSetting> {
  if (!isObject(schema)) return;
  if (schema['type'] === 'array')
    yield path[0] === 'logs' ? { name: LOG, path, kind: 'logs' } : { name: nameOf(path), path, kind: 'list' };
  else if (isObject(schema['properties']))
    for (const [key, inner] of Object.entries(schema['properties']).filter(([each]) => each !== '$schema'))
      yield* settingsOf(inner, [...path, key]);
  else if (schema['type'] === 'string' || Array.isArray(schema['enum']))
    yield { name: nameOf(path), path, kind: 'text' };
}

/** `HOLDFAST_LIMITS_STOP_TIMEOUT` for `limits.stopTimeout`. */
function nameOf(path: ConfigPath): string {
  const words = path.map((part) => String(part).replaceAll(/[A-Z]/g, (letter) => `_${letter}`));
  return `${PREFIX}${words.join('_').toUpperCase()}`;
}

/** A line for each variable that looks as if it were ours and is not. */
export function unknownVariables(environment: Readonly<Record<string, string | undefined>>): string[] {
  const known = [...ENV_SETTINGS.map(({ name }) => name), 'HOLDFAST_CONFIG'];
  return Object.keys(environment)
    .filter((name) => name.startsWith(PREFIX) && !known.includes(name) && !OTHERS.test(name))
    .sort()
    .map((name) => `${name}: no such variable${suggestion(name.slice(PREFIX.length), known)}`);
}

/** Told without the prefix, which would make any two names alike. */
function suggestion(word: string, known: readonly string[]): string {
  const words = known.map((name) => name.slice(PREFIX.length));
  const longer = words.find((each) => word !== '' && each.endsWith(`_${word}`));
  const found = longer ?? nearest(word, words);
  return found === undefined ? '' : `, did you mean "${PREFIX}${found}"?`;
}
