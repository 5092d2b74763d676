/** Levels of nesting. No config needs more; parsers recurse, and a deep document would exhaust the stack. */
export const MAX_DEPTH = 64;
