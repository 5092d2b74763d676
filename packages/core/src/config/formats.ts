import { extname } from 'node:path';
import { parseJson } from './parse-json.js';
import type { ConfigParser } from './parsed-document.js';

/** The formats of config files by the ending of their name; a further format is one more line. */
const PARSERS: Readonly<Record<string, ConfigParser>> = { '.json': parseJson };

/** The parser for `file`; JSON for endings that say nothing. */
export function parserFor(file: string): ConfigParser {
  return PARSERS[extname(file).toLowerCase()] ?? parseJson;
}
