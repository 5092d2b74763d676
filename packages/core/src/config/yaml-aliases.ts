import { isAlias, isCollection, isNode, isPair, type Alias, type Node } from 'yaml';
import type { Fail } from './syntax-error.js';

/** The node that each alias stands for. */
export type AliasTargets = ReadonlyMap<Alias, Node>;

/** Finds the targets in one pass: an alias means the last anchor of its name before it. */
export function resolveAliases(root: Node, fail: Fail): AliasTargets {
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  const visit = (node: unknown): void => {
    if (isPair(node)) {
      visit(node.key);
      visit(node.value);
    } else if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (target === undefined) return fail(offsetOf(node), `there is no anchor "&${node.source}" before this alias`);
      targets.set(node, target);
    } else if (isNode(node)) {
      if ('anchor' in node && typeof node.anchor === 'string') anchors.set(node.anchor, node);
      if (isCollection(node)) node.items.forEach(visit);
    }
  };
  visit(root);
  return targets;
}

/** Where a node starts in the text. */
export function offsetOf(node: Node): number {
  return node.range?.[0] ?? 0;
}
