import { isAlias, isMap, isSeq, parseDocument, type Node, type YAMLError } from 'yaml';
import type { ConfigPath } from './config-path.js';
import type { ParsedDocument } from './parsed-document.js';
import { failIn, type Fail } from './syntax-error.js';
import { positionAt } from './text-position.js';
import { offsetOf, resolveAliases, type AliasTargets } from './yaml-aliases.js';
import { checkYamlBounds } from './yaml-bounds.js';
import { keyOf, YamlValues } from './yaml-values.js';

// Equal keys are looked for by us: the parser compares each with all others.
const OPTIONS = {
  version: '1.2',
  schema: 'core',
  strict: true,
  stringKeys: true,
  uniqueKeys: false,
  merge: false,
  prettyErrors: false,
  resolveKnownTags: false,
  // Silent would hide a second document.
  logLevel: 'error',
} as const;

const WORDS: Readonly<Partial<Record<YAMLError['code'], string>>> = {
  MULTIPLE_DOCS: 'a config is one YAML document',
  TAG_RESOLVE_FAILED: 'tags are not allowed',
  NON_STRING_KEY: 'a key must be a plain text',
  TAB_AS_INDENT: 'YAML is not indented with tabs',
};

/**
 * Parses one document of YAML 1.2 with the core schema, no more than JSON could say: no tags, no merge keys, no key twice.
 * Aliases are copies, within bounds. A file without any value is an empty object.
 */
export function parseYaml(text: string, file: string): ParsedDocument {
  const fail = failIn(text, file);
  checkYamlBounds(text, fail);
  const root = parse(text, fail);
  if (root === null) return { value: {}, position: () => ({ line: 1, column: 1 }) };
  const targets = resolveAliases(root, fail);
  return {
    value: new YamlValues(targets, fail).of(root),
    position: (path, at) => positionAt(text, offsetOf(find({ root, targets, path, at }))),
  };
}

function parse(text: string, fail: Fail): Node | null {
  const { contents, errors, warnings } = parseDocument(text, OPTIONS);
  const first = [...errors, ...warnings].sort((a, b) => a.pos[0] - b.pos[0])[0];
  if (first !== undefined) fail(first.pos[0], WORDS[first.code] ?? inOurWords(first.message));
  return contents;
}

function inOurWords(message: string): string {
  return (message.charAt(0).toLowerCase() + message.slice(1)).replace(/closing (["'])quote/, 'closing $1');
}

interface Search {
  readonly root: Node;
  readonly targets: AliasTargets;
  readonly path: ConfigPath;
  readonly at: 'key' | 'value';
}

function find({ root, targets, path, at }: Search): Node {
  let node = root;
  let key: Node | undefined;
  for (const part of path) {
    const inside = isAlias(node) ? targets.get(node) : node;
    const pair = isMap<Node, Node>(inside) ? inside.items.find((each) => keyOf(each.key) === part) : undefined;
    const next = isSeq<Node>(inside) ? inside.items[Number(part)] : (pair?.value ?? pair?.key);
    if (next === undefined) return node;
    key = pair?.key;
    node = next;
  }
  return at === 'key' ? (key ?? node) : node;
}
