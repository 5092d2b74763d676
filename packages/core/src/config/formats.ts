import { extname } from 'node:path';
import { parseJson, parseJsonc } from './parse-json.js';
import type { ConfigParser } from './parsed-document.js';

/** YAML's parser is as large as all the rest of a short command: nobody else pays for it. */
const parseYaml: ConfigParser = async (text, file) => (await import('./parse-yaml.js')).parseYaml(text, file);

/** The formats of config files by the ending of their name; a further format is one more line. */
const PARSERS: Readonly<Record<string, ConfigParser>> = {
  '.json': parseJson,
  '.jsonc': parseJsonc,
  '.yaml': parseYaml,
  '.yml': parseYaml,
};

/** Endings of config files, without the dot. */
export const CONFIG_ENDINGS = Object.keys(PARSERS).map((ending) => ending.slice(1));

/** The parser for `file`; JSON for endings that say nothing. */
export function parserFor(file: string): ConfigParser {
  return PARSERS[extname(file).toLowerCase()] ?? parseJson;
}

/** True if the name has the ending of a config format. */
export function hasConfigEnding(name: string): boolean {
  return Object.hasOwn(PARSERS, extname(name));
}
