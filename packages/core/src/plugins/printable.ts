import type { Mask } from '../config/mask.js';
import { boundedText } from './bounded-text.js';
import { readMember, wordsOf } from './read-member.js';

/** Bytes of all texts of one line. */
const MOST_BYTES = 32 << 10;
const MOST_MEMBERS = 64;
const DEEPEST = 6;
const LEFT_OUT = '…';

interface Printing {
  readonly mask: Mask | undefined;
  readonly within: Set<object>;
  left: number;
}

/**
 * A copy of what is about to be logged, of plain values alone, bounded and without secrets: a plugin's error or fields may be of any size, and
 * may say something else each time they are looked at.
 */
export function printable(value: unknown, mask?: Mask): unknown {
  return copyOf(value, { mask, within: new Set(), left: MOST_BYTES }, 0);
}

function copyOf(value: unknown, printing: Printing, depth: number): unknown {
  if (value === undefined || value === null || typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value !== 'object') return textOf(wordsOf(value), printing);
  if (depth > DEEPEST || printing.within.has(value) || printing.left <= 0) return LEFT_OUT;
  printing.within.add(value);
  try {
    return objectOf(value, printing, depth);
  } catch {
    return wordsOf(Symbol('unreadable'));
  } finally {
    printing.within.delete(value);
  }
}

function objectOf(value: object, printing: Printing, depth: number): unknown {
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  const part = (name: PropertyKey): unknown => copyOf(readMember(value, name), printing, depth + 1);
  if (Array.isArray(value)) return value.slice(0, MOST_MEMBERS).map((_, i) => part(i));
  const keys = Object.keys(value).slice(0, MOST_MEMBERS);
  if (value instanceof Error) {
    const names = new Set(['message', 'stack', ...keys, 'cause', 'errors'].filter((name) => name in value));
    return { type: textOf(value.name, printing), ...membersOf(names, part, printing) };
  }
  if (keys.length === 0 && !isPlain(value)) return textOf(wordsOf(value), printing);
  return membersOf(keys, part, printing);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function membersOf(
  names: Iterable<string>,
  part: (name: string) => unknown,
  printing: Printing,
): Record<string, unknown> {
  return Object.fromEntries([...names].map((name) => [textOf(name, printing), part(name)]));
}

function textOf(text: string, printing: Printing): string {
  // Before it is cut: half a secret would not be known any more.
  const masked = printing.mask === undefined ? text : printing.mask(text);
  const bounded = boundedText(masked, Math.max(64, Math.min(8 << 10, printing.left)));
  printing.left -= Buffer.byteLength(bounded);
  return bounded;
}
