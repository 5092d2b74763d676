import type { Colours } from './colour.js';
import { escapeControls } from './escape.js';

/** Lines of a table for people: columns padded to their widest cell, the last one ragged, cells escaped. */
export function formatTable(head: readonly string[], rows: readonly (readonly string[])[], colours: Colours): string {
  const cells = [head, ...rows].map((row) => row.map(escapeControls));
  const widths = head.map((_, column) => Math.max(...cells.map((row) => (row[column] ?? '').length)));
  const lines = cells.map((row) =>
    row
      .map((cell, column) => (column === head.length - 1 ? cell : cell.padEnd((widths[column] as number) + 2)))
      .join('')
      .trimEnd(),
  );
  const [title, ...rest] = lines;
  return [colours.heading(title as string), ...rest].map((line) => `${line}\n`).join('');
}
