import { configSchema } from './config-schema.js';

const { limits, namespace, output, root, runtime } = configSchema.properties;

/** What the patterns of the config mean; nobody wants to read a regular expression. */
const WORDS: Readonly<Record<string, string>> = {
  [limits.properties.stopTimeout.pattern]: 'a duration such as "500ms", "30s" or "2m"',
  [limits.properties.logTimeout.pattern]: 'a duration of at least 1ms, such as "500ms", "30s" or "2m"',
  [namespace.pattern]: 'a name: 1 to 128 of A-Z a-z 0-9 _ . + - that start with a letter, a digit or _',
  [root.pattern]: 'an absolute path',
  [output.properties.maxRecord.pattern]: 'a size such as "10m", "512k" or "16ki"',
  [runtime.pattern]: 'the name, the path or the package of a plugin',
};

/** What follows the value: the meaning of a pattern, or else an example and the description that its schema gives, or else the pattern. */
export function patternWords(schema: Readonly<Record<string, unknown>>, pattern: string): string {
  const words = WORDS[pattern];
  if (words !== undefined) return `is not ${words}`;
  const example = exampleOf(schema) || shown(schema['default']);
  const description = schema['description'];
  if (typeof description !== 'string' || description.trim() === '') return `is not of the form ${pattern}${example}`;
  return `does not have the right form${example}: ${description}`;
}

/** What follows a form: the first of the examples that the schema gives. */
export function exampleOf({ examples }: Readonly<Record<string, unknown>>): string {
  return Array.isArray(examples) ? shown(examples[0]) : '';
}

function shown(example: unknown): string {
  return typeof example === 'string' && example !== '' ? `, such as ${JSON.stringify(example)}` : '';
}
