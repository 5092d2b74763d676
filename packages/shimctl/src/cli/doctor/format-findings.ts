import type { Colours } from '../output/colour.js';
import { escapeControls, escapeLines } from '../output/escape.js';
import type { Finding } from './check.js';

const REMEDY_INDENT = ' '.repeat(6);

/** A line for each finding, the remedy of a warning or failure below it. */
export function formatFindings(findings: readonly Finding[], colours: Colours): string {
  const width = Math.max(0, ...findings.map(({ name }) => name.length));
  return findings.map((finding) => format(finding, width, colours)).join('');
}

function format({ verdict, name, found, remedy }: Finding, width: number, colours: Colours): string {
  const mark = verdict.padEnd(4);
  const shown = verdict === 'fail' ? colours.error(mark) : verdict === 'warn' ? colours.heading(mark) : mark;
  const line = `${shown}  ${escapeControls(name.padEnd(width))}  ${indent(found)}\n`;
  return remedy === undefined ? line : `${line}${REMEDY_INDENT}${indent(remedy)}\n`;
}

/** A message of a config or a runtime may have many lines. */
function indent(text: string): string {
  return escapeLines(text.trimEnd()).replaceAll('\n', `\n${REMEDY_INDENT}  `);
}
