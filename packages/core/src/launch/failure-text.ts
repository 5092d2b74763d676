import { asShimError, type ShimError } from '../plugin/shim-error.js';
import { escapeLines } from '../text/escape.js';

/** What is printed, and with what code the launcher ends, if a handler has thrown. `name` is that of the program. */
export function failureOf(name: string, error: unknown): { text: string; code: number } {
  const shown = asShimError(error);
  return { text: textOf(name, shown), code: shown.code === 'SHIM_USAGE' ? 2 : 1 };
}

function textOf(name: string, { code, message, where, remedy }: ShimError): string {
  const lines = [`${name}: ${code}: ${indent(message)}`];
  if (where !== undefined) lines.push(`  at: ${indent(where)}`);
  lines.push(`  try: ${indent(remedy)}`);
  return `${lines.join('\n')}\n`;
}

function indent(text: string): string {
  return escapeLines(text.trimEnd()).replaceAll('\n', '\n    ');
}
