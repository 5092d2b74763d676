import { parseTree, printParseErrorCode, type Node, type ParseError, type ParseOptions } from 'jsonc-parser';
import { checkDepth } from './json-depth.js';
import type { ConfigPath } from './config-path.js';
import type { ParsedDocument } from './parsed-document.js';
import { failIn, type Fail } from './syntax-error.js';
import { positionAt } from './text-position.js';

const WORDS: Readonly<Record<string, string>> = {
  InvalidSymbol: 'not a JSON value',
  InvalidNumberFormat: 'not a number',
  PropertyNameExpected: 'expected a key in double quotes',
  ValueExpected: 'expected a value',
  ColonExpected: 'expected ":"',
  CommaExpected: 'expected ","',
  CloseBraceExpected: 'expected "," or "}"',
  CloseBracketExpected: 'expected "," or "]"',
  EndOfFileExpected: 'expected nothing more',
  InvalidCommentToken: 'JSON has no comments (a file named *.jsonc has)',
  UnexpectedEndOfComment: 'JSON has no comments (a file named *.jsonc has)',
  UnexpectedEndOfString: 'the string has no end',
  UnexpectedEndOfNumber: 'the number has no end',
  InvalidUnicode: 'not a \\uXXXX escape',
  InvalidEscapeCharacter: 'not an escape that JSON has',
  InvalidCharacter: 'a control character must be escaped',
};

/** Parses strict JSON; a key that an object has twice is an error too, one of the two would be ignored without a word. */
export function parseJson(text: string, file: string): ParsedDocument {
  return parse(text, failIn(text, file), { disallowComments: true, allowTrailingComma: false });
}

/** The same with comments and with commas after the last entry. */
export function parseJsonc(text: string, file: string): ParsedDocument {
  return parse(text, failIn(text, file), { disallowComments: false, allowTrailingComma: true });
}

function parse(text: string, fail: Fail, options: ParseOptions): ParsedDocument {
  checkDepth(text, fail);
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, options);
  const error = errors.toSorted((a, b) => a.offset - b.offset)[0];
  if (error !== undefined) return fail(error.offset, WORDS[printParseErrorCode(error.error)] ?? 'not JSON');
  if (root === undefined) return fail(0, 'expected a value');
  return { value: toValue(root, fail), position: (path, at) => positionAt(text, find(root, path, at).offset) };
}

function toValue(node: Node, fail: Fail): unknown {
  const children = node.children ?? [];
  if (node.type === 'array') return children.map((child) => toValue(child, fail));
  if (node.type !== 'object') return node.value as unknown;
  const entries = new Map<string, unknown>();
  for (const { children: [key, value] = [] } of children) {
    if (key === undefined || value === undefined) continue;
    const name = String(key.value);
    if (entries.has(name)) fail(key.offset, 'the object has this key already');
    // Code that copies objects by assignment would set the prototype.
    if (name === '__proto__') fail(key.offset, 'this key is not allowed');
    entries.set(name, toValue(value, fail));
  }
  return Object.fromEntries(entries);
}

function find(root: Node, path: ConfigPath, at: 'key' | 'value'): Node {
  let node = root;
  let key: Node | undefined;
  for (const part of path) {
    const children: readonly Node[] = node.children ?? [];
    const property = children.find((child) => child.children?.[0]?.value === part);
    const next = node.type === 'array' ? children[Number(part)] : property?.children?.[1];
    if (next === undefined) return node;
    key = node.type === 'array' ? undefined : property?.children?.[0];
    node = next;
  }
  return at === 'key' ? (key ?? node) : node;
}
