import type { Position } from './parsed-document.js';

/** Line and column of an offset. */
export function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset);
  const lines = before.split(/\r\n|\n|\r/);
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}

/** `near "…"`: what stands at the offset, to the end of its line, shortened. */
export function quoteAt(text: string, offset: number): string {
  const rest = /^[^\r\n]*/.exec(text.slice(offset, offset + 200))?.[0].trimEnd() ?? '';
  if (text.slice(offset).trim() === '') return 'at the end of the file';
  if (rest === '') return 'at the end of the line';
  return `near ${JSON.stringify(rest.length > 30 ? `${rest.slice(0, 30)}…` : rest)}`;
}
