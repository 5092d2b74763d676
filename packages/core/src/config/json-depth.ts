import { createScanner } from 'jsonc-parser';
import { MAX_DEPTH } from './max-depth.js';
import type { Fail } from './syntax-error.js';

// Values of jsonc-parser's SyntaxKind, a const enum that isolated modules can't read.
const OPEN = new Set<number>([1, 3]);
const CLOSE = new Set<number>([2, 4]);
const END_OF_FILE = 17;

/** Calls `fail` at the bracket that opens one level too many. */
export function checkDepth(text: string, fail: Fail): void {
  const scanner = createScanner(text);
  let depth = 0;
  for (let token: number = scanner.scan(); token !== END_OF_FILE; token = scanner.scan()) {
    if (OPEN.has(token) && ++depth > MAX_DEPTH)
      fail(scanner.getTokenOffset(), `nested more than ${MAX_DEPTH} levels deep`);
    if (CLOSE.has(token)) depth--;
  }
}
