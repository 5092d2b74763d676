import { isAlias, isMap, isScalar, isSeq, type Alias, type Node, type Pair, type YAMLMap } from 'yaml';
import { MAX_DEPTH } from './max-depth.js';
import type { Fail } from './syntax-error.js';
import { offsetOf, type AliasTargets } from './yaml-aliases.js';

/** What aliases may add to a file, a value counting as 100 characters: nine lines of aliases of aliases make a billion values. */
const MAX_COPIED = 1_000_000;
const VALUE_COST = 100;

/** Makes plain values of nodes, each alias a copy of what it stands for. */
export class YamlValues {
  #copied = 0;
  /** Aliases that lead to the node at hand, the outermost first. */
  readonly #through: Alias[] = [];

  constructor(
    private readonly targets: AliasTargets,
    private readonly fail: Fail,
  ) {}

  of(node: Node | null | undefined, depth = 0): unknown {
    if (node === null || node === undefined) return null;
    if (depth > MAX_DEPTH) this.#fail(node, `nested more than ${MAX_DEPTH} levels deep`);
    this.#count(node, VALUE_COST);
    if (isAlias(node)) return this.#alias(node, depth);
    if (isSeq<Node>(node)) return node.items.map((item) => this.of(item, depth + 1));
    if (isMap<Node, Node>(node)) return this.#map(node, depth);
    return this.#scalar(node);
  }

  #alias(alias: Alias, depth: number): unknown {
    const target = this.targets.get(alias);
    if (this.#through.some((each) => this.targets.get(each) === target))
      this.#fail(alias, 'this alias is part of what it stands for');
    this.#through.push(alias);
    const value = this.of(target, depth + 1);
    this.#through.pop();
    return value;
  }

  #map(map: YAMLMap<Node, Node>, depth: number): Record<string, unknown> {
    const entries = new Map<string, unknown>();
    for (const { key, value } of map.items) {
      const name = keyOf(key);
      if (name === undefined) return this.#fail(key, 'a key must be a plain text');
      if (entries.has(name)) this.#fail(key, 'the object has this key already');
      if (name === '<<') this.#fail(key, 'merge keys are not supported');
      // Code that copies objects by assignment would set the prototype.
      if (name === '__proto__') this.#fail(key, 'this key is not allowed');
      entries.set(name, this.of(value, depth + 1));
    }
    return Object.fromEntries(entries);
  }

  #scalar(node: Node): unknown {
    const value = isScalar(node) ? node.value : undefined;
    if (value === null || value === undefined || typeof value === 'boolean') return value ?? null;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    if (typeof value !== 'string') return this.#fail(node, 'not a value that JSON has');
    this.#count(node, value.length);
    return value;
  }

  #count(node: Node, cost: number): void {
    if (this.#through.length === 0) return;
    this.#copied += cost;
    if (this.#copied > MAX_COPIED) this.#fail(node, 'the aliases make far more of this file than it holds');
  }

  /** Of something that aliases led to: where the first of them stands. */
  #fail(node: Node, what: string): never {
    return this.fail(offsetOf(this.#through[0] ?? node), what);
  }
}

/** The text of a key. */
export function keyOf(key: Pair['key']): string | undefined {
  return isScalar(key) && typeof key.value === 'string' ? key.value : undefined;
}
