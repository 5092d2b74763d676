import { configSchema } from './config-schema.js';

const { limits, namespace, root } = configSchema.properties;

/** What the patterns of the config mean; nobody wants to read a regular expression. */
const WORDS: Readonly<Record<string, string>> = {
  [limits.properties.stopTimeout.pattern]: 'a duration such as "500ms", "30s" or "2m"',
  [namespace.pattern]: 'a name: 1 to 128 of A-Z a-z 0-9 _ . + - that start with a letter, a digit or _',
  [root.pattern]: 'an absolute path',
};

/** What follows "is not": the meaning of a pattern, or the pattern with the description that its schema gives. */
export function patternWords(schema: Readonly<Record<string, unknown>>, pattern: string): string {
  const words = WORDS[pattern];
  if (words !== undefined) return words;
  const description = schema['description'];
  return typeof description === 'string' ? `of the form ${pattern} (${description})` : `of the form ${pattern}`;
}
