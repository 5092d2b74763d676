import type { Mask } from '../config/mask.js';

/** Deeper than anything that is meant to be read. */
const DEEPEST = 8;

/**
 * `value` without secrets: texts, lists and objects as copies. An error stays what it is, whatever class it has: its message, stack, fields
 * and causes are masked in place.
 */
export function maskValue(value: unknown, mask: Mask): unknown {
  return masked(value, { mask, seen: new Map() }, 0);
}

interface Walk {
  readonly mask: Mask;
  readonly seen: Map<object, unknown>;
}

function masked(value: unknown, walk: Walk, depth: number): unknown {
  if (typeof value === 'string') return walk.mask(value);
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  if (depth >= DEEPEST) return '…';
  if (walk.seen.has(value)) return walk.seen.get(value);
  if (value instanceof Error) return maskedError(value, walk, depth);
  const copy: unknown[] | Record<string, unknown> = Array.isArray(value) ? [] : {};
  walk.seen.set(value, copy);
  for (const [key, part] of Object.entries(value)) define(copy, walk.mask(key), masked(part, walk, depth + 1));
  return copy;
}

function maskedError(error: Error, walk: Walk, depth: number): Error {
  walk.seen.set(error, error);
  const names = new Set(['message', 'stack', 'cause', 'errors', ...Object.keys(error)]);
  for (const name of names) {
    const before: unknown = Reflect.get(error, name);
    const after = masked(before, walk, depth + 1);
    if (after !== before && !define(error, name, after)) return new Error(walk.mask(error.message));
  }
  return error;
}

/** False if `target` is frozen. */
function define(target: object, name: string, value: unknown): boolean {
  const enumerable = Object.getOwnPropertyDescriptor(target, name)?.enumerable ?? !(target instanceof Error);
  return Reflect.defineProperty(target, name, { value, enumerable, writable: true, configurable: true });
}
